import type { RepoType } from '../domain/repo-id.js';

/** Counts the repositories of an account, for profiles. Implemented by the repositories module. */
export interface RepoCounts {
  /** @param withPrivate - whether to count private repositories */
  countOf(ownerId: number, withPrivate: boolean): Promise<Readonly<Record<RepoType, number>>>;
}

/** Injection token of the repository counts. */
export const REPO_COUNTS = Symbol('RepoCounts');
