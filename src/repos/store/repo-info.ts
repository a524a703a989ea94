import { repoFullName } from '../../hub/language/repo-id.js';
import type { RepoInfo, Sibling } from '../../hub/language/wire/repo-info.js';
import { publicId } from '../../hub/rules/lookup-key.js';
import type { LocalRepository } from './local-repository.js';

/** All of a repository's info, or its ids and the fields that were asked. */
export type RepoAnswer = Partial<RepoInfo> & { readonly _id: string; readonly id: string };

/** The commit that an info speaks of. */
interface At {
  readonly oid: string;
  readonly createdAt: Date;
}

/** A local repository as its info shows it. What this hub does not count yet is zero, as huggingface.co has it for a new repository. */
export function repoInfo(repository: LocalRepository, at: At, siblings: readonly Sibling[]): RepoInfo {
  const id = repoFullName(repository.repo);
  return {
    _id: publicId(repository.id),
    id,
    ...(repository.repo.type === 'model' && { modelId: id }),
    author: repository.author,
    sha: at.oid,
    lastModified: at.createdAt.toISOString(),
    createdAt: repository.createdAt.toISOString(),
    private: repository.private,
    disabled: false,
    gated: false,
    downloads: 0,
    likes: 0,
    tags: [],
    siblings,
  };
}

/** Fields that an answer bears only when they were asked for. */
const ONLY_ASKED = { downloadsAllTime: 0, trendingScore: 0, xetEnabled: false };

/** Ids and the asked fields; a field that nobody knows is left out, as newer clients ask for newer ones. */
export function expandedInfo(info: RepoInfo, fields: ReadonlySet<string>): RepoAnswer {
  const asked = Object.entries({ ...info, ...ONLY_ASKED }).filter(([name]) => fields.has(name));
  return { ...Object.fromEntries(asked), _id: info._id, id: info.id };
}
