export const REPO_TYPES = ['model', 'dataset', 'space'] as const;
export type RepoType = (typeof REPO_TYPES)[number];

/** A repository's identity. `namespace` is empty for one-segment ids such as `gpt2` (legal for models and datasets). */
export interface RepoId {
  readonly type: RepoType;
  readonly namespace: string;
  readonly name: string;
}

/** The id as clients write it: `ns/name`, or `name` for one-segment ids. */
export const repoFullName = (repo: RepoId): string => (repo.namespace ? `${repo.namespace}/${repo.name}` : repo.name);

/** No part of an id begins with a dot. */
const FULL_NAME = /^(?!\.)[\w.-]{1,96}(?:\/(?!\.)[\w.-]{1,96})?$/;

/** Whether a value can be the id of a repository, with or without a namespace. */
export const isRepoFullName = (value: unknown): value is string => typeof value === 'string' && FULL_NAME.test(value);

/** Splits a full name. */
export function parseFullName(name: string): Omit<RepoId, 'type'> {
  const slash = name.indexOf('/');
  return { namespace: name.slice(0, Math.max(0, slash)), name: name.slice(slash + 1) };
}
