import { repoFullName, type RepoId } from './repo-id.js';

/** Names are kept as they were written and found whatever their case. */
export const lookupName = (name: string): string => name.toLowerCase();

/** Under which a repository is found, and of which there is one. */
export const lookupKey = (repo: RepoId): string => `${repo.type}:${lookupName(repoFullName(repo))}`;

/** A row's number as clients know ids: 24 hex digits (`_id`). */
export const publicId = (id: number): string => id.toString(16).padStart(24, '0');
