import { hubUrl } from './base-path';
import type { Schemas } from './client';

export const REPO_TYPES = ['model', 'dataset', 'space'] as const;
export type RepoType = (typeof REPO_TYPES)[number];

/** A repository in lists and on its page. Responses have more fields than openapi.json describes. */
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
  downloadsAllTime?: number;
  tags?: string[];
  pipeline_tag?: string;
  library_name?: string;
  cardData?: Record<string, unknown> | null;
  siblings?: { rfilename: string }[];
  sdk?: string;
  /** Bytes of all files in all revisions. */
  usedStorage?: number;
  safetensors?: { total?: number; parameters?: Record<string, number> };
  gguf?: { total?: number; architecture?: string; context_length?: number };
  /** Error message if the metadata of README.md is invalid. */
  _card_warning?: string;
  _source?: string;
  _source_url?: string;
  /** Version of the avatar of the author, if the account is on this hub and has one. */
  _author_avatar?: string;
  /** When the source was requested last, if it does not respond now. */
  staleSince?: string | undefined;
};

/** Type and id of a repository. `namespace` is empty for ids of one segment (`gpt2`). */
export interface RepoName {
  readonly type: RepoType;
  readonly namespace: string;
  readonly name: string;
}

export const idOf = ({ namespace, name }: RepoName): string => (namespace ? `${namespace}/${name}` : name);

/** Path of a repository's page. Models have no prefix, as on huggingface.co. */
export const pagePath = (type: RepoType, id: string): string => `${type === 'model' ? '' : `/${type}s`}/${id}`;

export const isExternal = ({ _source }: { _source?: string }): boolean => _source !== undefined && _source !== 'local';

/** The avatar of the author of a repository in a list; `undefined` without one. */
export const authorAvatar = ({ author, _author_avatar: version, _source }: RepoInfo): string | undefined =>
  author && version && _source === 'local'
    ? hubUrl(`/api/avatars/${encodeURIComponent(author)}?v=${version}`)
    : undefined;

export const TYPE_TITLES: Readonly<Record<RepoType, string>> = { model: 'Model', dataset: 'Dataset', space: 'Space' };

/** The page of an external repository at its source. */
export function sourceUrl({ type }: RepoName, { id, _source_url }: RepoInfo): string {
  return `${_source_url}${type === 'model' ? '' : `/${type}s`}/${id}`;
}
