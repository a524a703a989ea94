import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import type { ListEntry, ListQuery } from '../domain/list.js';
import type { LocalPosition } from '../domain/list-walk.js';
import type { ListStream } from './merge-lists.js';
import type { Sibling } from '../domain/wire/repo-info.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { LocalInfoService } from '../repos/store/local-info.service.js';
import { RepoListStore, type LocalListItem } from '../repos/store/repo-list.store.js';
import { MembershipStore } from '../users/membership.store.js';
import { localEntry, wantsCard, wantsFiles } from './local-entry.js';

/** The local part of a list, starting at the current position. */
export interface LocalList extends ListStream {
  readonly entries: readonly ListEntry[];
  /** The position after `taken` entries; null at the end of the list. */
  positionAfter(taken: number): LocalPosition | null | undefined;
}

const ENDED: LocalList = { entries: [], ended: true, positionAfter: () => null };

/** Lists local repositories that the caller may see. */
@Injectable()
export class LocalLists {
  constructor(
    private readonly lists: RepoListStore,
    private readonly infos: LocalInfoService,
    private readonly memberships: MembershipStore,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /** @param from - the position to continue from; null at the end of the list, `undefined` at the beginning */
  async page(query: ListQuery, caller: Caller, from: LocalPosition | null | undefined): Promise<LocalList> {
    if (from === null || query.hubOnly) return ENDED;
    const { limit, shape } = query;
    const page = {
      query,
      readable: await this.memberships.readableBy(caller),
      after: from,
      withCards: wantsCard(shape),
    };
    const rows = await this.lists.page({ ...page, limit: limit + 1 });
    const repositories = rows.slice(0, limit);
    const ended = rows.length <= limit;
    const entries: ListEntry[] = [];
    for (const row of repositories)
      entries.push(localEntry(row, shape, wantsFiles(shape) ? await this.filesOf(row) : [], this.config.xet.reads));
    const positionAfter = (taken: number) =>
      ended && taken === repositories.length ? null : (repositories[taken - 1]?.place ?? from);
    return { entries, ended, positionAfter };
  }

  /** The keys that exist locally, visible to the caller or not. External entries with these keys are hidden (invariant 4). */
  existingKeys(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return this.lists.findKnownKeys(keys);
  }

  private async filesOf({ repository }: LocalListItem): Promise<readonly Sibling[]> {
    const { siblings = [] } = await this.infos.info(repository, [], [['expand', 'siblings']]);
    return siblings;
  }
}
