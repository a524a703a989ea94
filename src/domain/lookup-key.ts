import { repoFullName, type RepoId } from './repo-id.js';

/** Names keep their case, but are unique and found regardless of case. */
export const lookupName = (name: string): string => name.toLowerCase();

/** Unique, case-insensitive lookup key of a repository. */
export const lookupKey = (repo: RepoId): string => `${repo.type}:${lookupName(repoFullName(repo))}`;

/** Formats the id of a row as `_id`: 24 hex digits. */
export const publicId = (id: number): string => id.toString(16).padStart(24, '0');
