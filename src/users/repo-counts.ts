import type { RepoType } from '../domain/repo-id.js';

/** Knows how many repositories an account owns. The room of repositories provides it; profiles show it. */
export interface RepoCounts {
  /** @param withPrivate also those that only the owner and its members may see */
  countOf(ownerId: number, withPrivate: boolean): Promise<Readonly<Record<RepoType, number>>>;
}

/** Injection token of the repository counts. */
export const REPO_COUNTS = Symbol('RepoCounts');
