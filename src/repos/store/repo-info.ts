import { repoFullName } from '../../domain/repo-id.js';
import type { RepoInfo, Sibling } from '../../domain/wire/repo-info.js';
import type { CardMetadata } from '../card/card-metadata.js';
import { publicId } from '../../domain/lookup-key.js';
import type { LocalRepo } from './local-repo.js';

/** All of a repository's info, or its ids and the fields that were asked. */
export type RepoAnswer = Partial<RepoInfo> & { readonly _id: string; readonly id: string };

/** The commit that an info speaks of. */
interface At {
  readonly oid: string;
  readonly createdAt: Date;
}

/** What it holds there. */
interface Contents {
  readonly siblings: readonly Sibling[];
  readonly card: CardMetadata;
}

/** A local repository as its info shows it. What this hub does not count is zero, as huggingface.co has it for a new repository. */
export function repoInfo(repository: LocalRepo, at: At, { siblings, card }: Contents): RepoInfo {
  const id = repoFullName(repository.repo);
  const isSpace = repository.repo.type === 'space';
  return {
    _id: publicId(repository.id),
    id,
    ...(repository.repo.type === 'model' && { modelId: id }),
    author: repository.author,
    sha: at.oid,
    lastModified: at.createdAt.toISOString(),
    createdAt: repository.createdAt.toISOString(),
    private: repository.private,
    ...{ disabled: false, gated: false },
    // as huggingface.co has it, what a card does not say has no key
    ...(card.pipelineTag !== null && { pipeline_tag: card.pipelineTag }),
    ...(card.libraryName !== null && { library_name: card.libraryName }),
    ...(isSpace && { sdk: card.cardData?.['sdk'] ?? repository.sdk ?? undefined }),
    tags: card.tags,
    downloads: repository.downloads,
    likes: 0,
    ...(card.cardData && { cardData: card.cardData }),
    ...(card.cardWarning !== null && { _card_warning: card.cardWarning }),
    siblings,
  };
}

/** Fields that an answer bears only when they were asked for. */
const ONLY_ASKED = { trendingScore: 0, xetEnabled: false };

/**
 * Ids and the asked fields; a field that nobody knows is left out, as newer clients ask for newer ones. Why metadata is missing goes with
 * the metadata: a source would refuse a field of our own.
 */
export function expandedInfo(info: RepoInfo, fields: ReadonlySet<string>): RepoAnswer {
  const wanted = (name: string): boolean => fields.has(name === '_card_warning' ? 'cardData' : name);
  const asked = Object.entries({ ...ONLY_ASKED, ...info }).filter(([name]) => wanted(name));
  return { ...Object.fromEntries(asked), _id: info._id, id: info.id };
}
