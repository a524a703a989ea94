import { repoFullName, type RepoId, type RepoType } from './repo-id.js';

const PREFIXES: Readonly<Record<RepoType, string>> = { model: '', dataset: 'datasets/', space: 'spaces/' };

/** The repository's page, which clients read its id from: `{base}/datasets/ns/name`. */
export const repoUrl = (base: string, repo: RepoId): string => `${base}/${PREFIXES[repo.type]}${repoFullName(repo)}`;
