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
