/** The kinds of repositories a hub keeps. */
export const REPO_TYPES = ['model', 'dataset', 'space'] as const;
export type RepoType = (typeof REPO_TYPES)[number];

/** A repository's identity. `namespace` is empty for one-segment ids such as `gpt2` (legal for models and datasets). */
export interface RepoId {
  readonly type: RepoType;
  readonly namespace: string;
  readonly name: string;
}

/** `ns/name`, or `name` alone for a one-segment id: the form clients write and read. */
export const repoFullName = (repo: RepoId): string => (repo.namespace ? `${repo.namespace}/${repo.name}` : repo.name);
