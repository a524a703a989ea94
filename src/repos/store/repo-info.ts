import { repoFullName } from '../../domain/repo-id.js';
import type { RepoInfo, Sibling } from '../../domain/wire/repo-info.js';
import type { CardMetadata } from '../card/card-metadata.js';
import { publicId } from '../../domain/lookup-key.js';
import type { ModelFacts } from '../facts/model-facts.js';
import type { LocalRepo } from './local-repo.js';

/** The info of a repository, or its ids and the requested fields. */
export type RepoInfoResponse = Partial<RepoInfo> & { readonly _id: string; readonly id: string };

/** The commit that the info describes. */
interface InfoCommit {
  readonly oid: string;
  readonly createdAt: Date;
}

/** Contents of the repository at that commit. */
interface InfoContents {
  readonly siblings: readonly Sibling[];
  readonly card: CardMetadata;
  /** Known facts from the files. */
  readonly facts?: ModelFacts;
}

/** Fields that only the contents of files have. */
export const FACT_FIELDS = ['config', 'gguf', 'safetensors', 'transformersInfo'] as const;

/**
 * Builds the info of a local repository. Numbers that this hub does not track, such as the trending score, are zero, as for a
 * new repository on huggingface.co.
 */
export function repoInfo(repository: LocalRepo, commit: InfoCommit, { siblings, card, facts }: InfoContents): RepoInfo {
  const id = repoFullName(repository.repo);
  const isSpace = repository.repo.type === 'space';
  return {
    _id: publicId(repository.id),
    id,
    ...(repository.repo.type === 'model' && { modelId: id }),
    author: repository.author,
    sha: commit.oid,
    lastModified: commit.createdAt.toISOString(),
    createdAt: repository.createdAt.toISOString(),
    private: repository.private,
    disabled: false,
    gated: repository.gated,
    // As on huggingface.co, fields that the card does not set are omitted.
    ...(card.pipelineTag !== null && { pipeline_tag: card.pipelineTag }),
    ...(card.libraryName !== null && { library_name: card.libraryName }),
    ...(isSpace && { sdk: card.cardData?.['sdk'] ?? repository.sdk ?? undefined }),
    tags: card.tags,
    downloads: repository.downloads,
    likes: repository.likes,
    ...(card.cardData && { cardData: card.cardData }),
    ...(card.cardWarning !== null && { _card_warning: card.cardWarning }),
    ...factFields(facts),
    siblings,
  };
}

const factFields = (facts: ModelFacts | undefined): Partial<ModelFacts> =>
  Object.fromEntries(FACT_FIELDS.flatMap((name) => (facts?.[name] === undefined ? [] : [[name, facts[name]]])));

/** Fields that are only included if they are requested. */
const OPT_IN_FIELDS = { trendingScore: 0 };

/**
 * Selects the requested fields, plus the ids. The card warning is
 * included with `cardData`: clients cannot request it by name, because other hubs reject unknown fields.
 */
export function expandedInfo(info: RepoInfo, fields: ReadonlySet<string>): RepoInfoResponse {
  const isRequested = (name: string): boolean => fields.has(name === '_card_warning' ? 'cardData' : name);
  const entries = Object.entries({ ...OPT_IN_FIELDS, ...info }).filter(([name]) => isRequested(name));
  return { ...Object.fromEntries(entries), _id: info._id, id: info.id };
}
