import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import type { ListEntry, ListQuery, ListShape } from '../domain/list.js';
import type { LocalPosition } from '../domain/list-walk.js';
import type { ListStream } from './merge-lists.js';
import type { Sibling } from '../domain/wire/repo-info.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { LocalInfoService } from '../repos/store/local-info.service.js';
import { RepoListStore, type LocalListItem } from '../repos/store/repo-list.store.js';
import { MembershipStore } from '../users/membership.store.js';
import { FACT_FIELDS } from '../repos/store/repo-info.js';
import { localEntry, wantsCard, wantsFiles } from './local-entry.js';

/** The local part of a list, starting at the current position. */
export interface LocalList extends ListStream {
  readonly entries: readonly ListEntry[];
  /** The position after `taken` entries; null at the end of the list. */
  positionAfter(taken: number): LocalPosition | null | undefined;
}

const ENDED: LocalList = { entries: [], ended: true, positionAfter: () => null };

interface MoreFields {
  readonly siblings?: readonly Sibling[] | undefined;
  readonly facts?: Readonly<Record<string, unknown>>;
}

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
    for (const row of repositories) {
      const more = await this.more(row, shape);
      entries.push({ ...localEntry(row, shape, more.siblings ?? [], this.config.xet.reads), ...more.facts });
    }
    const positionAfter = (taken: number) =>
      ended && taken === repositories.length ? null : (repositories[taken - 1]?.place ?? from);
    return { entries, ended, positionAfter };
  }

  /** The keys that exist locally, visible to the caller or not. External entries with these keys are hidden (invariant 4). */
  existingKeys(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return this.lists.findKnownKeys(keys);
  }

  /** Fields that are not in the row of the repository. */
  private async more({ repository, sha }: LocalListItem, shape: ListShape): Promise<MoreFields> {
    const facts = FACT_FIELDS.filter((field) => shape.fields?.includes(field));
    const fields = [...facts, ...(wantsFiles(shape) ? ['siblings'] : [])];
    if (fields.length === 0 || sha === null) return {};
    const query = fields.map((field) => ['expand', field] as const);
    const { siblings, id: _id, _id: _key, ...rest } = await this.infos.info(repository, [], query, { isListed: true });
    return { siblings, facts: rest };
  }
}
