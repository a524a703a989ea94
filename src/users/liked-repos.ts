import type { RepoId } from '../domain/repo-id.js';
import type { ReadableRepos } from './readable-repos.js';

/** A repository that a user likes. */
export interface LikedRepo {
  readonly id: number;
  readonly repo: RepoId;
  readonly createdAt: Date;
}

/** A part of a list of likes, the newest first. */
export interface LikesPage {
  readonly limit: number;
  /** Return likes whose id is lower than this. */
  readonly before?: number;
}

/** The repositories that users like. Implemented by the repositories module. */
export interface LikedRepos {
  /** @param readable - the private repositories that are included */
  likedBy(accountId: number, readable: ReadableRepos, page: LikesPage): Promise<LikedRepo[]>;

  countLikedBy(accountId: number, readable: ReadableRepos): Promise<number>;
}

/** Injection token of the liked repositories. */
export const LIKED_REPOS = Symbol('LikedRepos');
