import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { REPO_TYPES, repoFullName } from '../domain/repo-id.js';
import { CardTextStore } from '../repos/store/card-text.store.js';
import { MembershipStore } from '../users/membership.store.js';
import type { CardSearchDto } from './dto/card-search.dto.js';
import type { SearchQuery } from './search-parameters.js';

/** Searches the cards of local repositories. Cards of gated repositories are public, as for reads (ADR 55, ADR 77). */
@Injectable()
export class CardSearch {
  constructor(
    private readonly texts: CardTextStore,
    private readonly memberships: MembershipStore,
  ) {}

  async search({ text, types, limit }: SearchQuery, caller: Caller): Promise<CardSearchDto> {
    const query = { text, types: REPO_TYPES.filter((type) => types.includes(type)), limit: limit + 1 };
    const found = await this.texts.search(query, await this.memberships.readableBy(caller));
    const results = found.slice(0, limit).map((card) => ({
      type: card.type,
      id: repoFullName(card),
      private: card.private,
      updatedAt: card.updatedAt.toISOString(),
      snippet: card.snippet,
    }));
    return { results, hasMore: found.length > limit };
  }
}
