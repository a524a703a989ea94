import { Injectable } from '@nestjs/common';
import type { UserSummary } from '../../domain/account.js';
import { integerParameter } from '../../domain/query-flags.js';
import type { QueryPairs } from '../../domain/query.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { AccountStore } from '../../users/account.store.js';
import { toUserSummary } from '../../users/api/user-summary.js';
import { LikeStore } from '../store/like.store.js';
import type { LocalRepo } from '../store/local-repo.js';

const DEFAULT_PAGE_SIZE = 500;
const MAX_PAGE_SIZE = 1000;
const MAX_CURSOR = 2_147_483_647;

/** A page of the users who like a repository, the latest first. */
export interface LikersPage {
  readonly likers: readonly UserSummary[];
  /** Undefined on the last page. */
  readonly next?: number;
}

/** Lists the users who like a local repository. */
@Injectable()
export class LocalLikers {
  constructor(
    private readonly likes: LikeStore,
    private readonly accounts: AccountStore,
  ) {}

  async page({ id }: LocalRepo, query: QueryPairs, urls: UrlBuilder): Promise<LikersPage> {
    const limit = integerParameter(query, 'limit', MAX_PAGE_SIZE) || DEFAULT_PAGE_SIZE;
    const before = integerParameter(query, 'cursor', MAX_CURSOR);
    const likes = await this.likes.likers(id, { limit: limit + 1, ...(before !== undefined && { before }) });
    const page = likes.slice(0, limit);
    const accounts = await this.accounts.byIds(page.map(({ accountId }) => accountId));
    const likers = page
      .flatMap(({ accountId }) => accounts.get(accountId) ?? [])
      .map((account) => toUserSummary(account, urls));
    return likes.length > limit ? { likers, next: page.at(-1)!.id } : { likers };
  }
}
