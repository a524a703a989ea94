import type { Schemas } from './client';

export const REPO_TYPES = ['model', 'dataset', 'space'] as const;
export type RepoType = (typeof REPO_TYPES)[number];

/** What the hub says of a repository, in lists and on its own; the wire's shape is wider than openapi.json tells. */
export type RepoInfo = Schemas['RepoInfo'] & {
  id: string;
  author?: string | null;
  sha?: string;
  lastModified?: string;
  createdAt?: string;
  private?: boolean;
  disabled?: boolean;
  gated?: false | 'auto' | 'manual';
  likes?: number;
  downloads?: number;
  tags?: string[];
  pipeline_tag?: string;
  library_name?: string;
  cardData?: Record<string, unknown> | null;
  siblings?: { rfilename: string }[];
  sdk?: string;
  /** Bytes of all its files, of all revisions. */
  usedStorage?: number;
  safetensors?: { total?: number; parameters?: Record<string, number> };
  gguf?: { total?: number; architecture?: string; context_length?: number };
  /** Why the card's metadata could not be read. */
  _card_warning?: string;
  _source?: string;
  _source_url?: string;
};

/** A repository's name on this hub. `namespace` is empty for ids of one segment. */
export interface RepoName {
  readonly type: RepoType;
  readonly namespace: string;
  readonly name: string;
}

export const idOf = ({ namespace, name }: RepoName): string => (namespace ? `${namespace}/${name}` : name);

/** Path of its page: models have no prefix (the hub's own custom). */
export const pagePath = (type: RepoType, id: string): string => `${type === 'model' ? '' : `/${type}s`}/${id}`;

export const isExternal = ({ _source }: { _source?: string }): boolean => _source !== undefined && _source !== 'local';

/** What each type is called where people read it. */
export const TYPE_TITLES: Readonly<Record<RepoType, string>> = { model: 'Model', dataset: 'Dataset', space: 'Space' };

/** Its page at the source that it comes from. */
export function sourceUrl({ type }: RepoName, { id, _source_url }: RepoInfo): string {
  return `${_source_url}${type === 'model' ? '' : `/${type}s`}/${id}`;
}
