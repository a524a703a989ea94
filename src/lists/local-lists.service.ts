import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import type { ListEntry, ListQuestion } from '../domain/list.js';
import type { LocalPlace } from '../domain/list-walk.js';
import type { ListStream } from './merge-lists.js';
import type { Sibling } from '../domain/wire/repo-info.js';
import { LocalInfoService } from '../repos/store/local-info.service.js';
import { RepoListStore, type LocalListItem } from '../repos/store/repo-list.store.js';
import { MembershipStore } from '../users/membership.store.js';
import { localEntry, wantsCard, wantsFiles } from './local-entry.js';

/** The hub's own part of a list, from where a walk has come to. */
export interface LocalList extends ListStream {
  readonly entries: readonly ListEntry[];
  /** Where the list goes on after so many of the entries; null where it has ended. */
  placeAfter(taken: number): LocalPlace | null | undefined;
}

const ENDED: LocalList = { entries: [], ended: true, placeAfter: () => null };

/** Lists of what the hub has itself and the caller may see. */
@Injectable()
export class LocalLists {
  constructor(
    private readonly lists: RepoListStore,
    private readonly infos: LocalInfoService,
    private readonly memberships: MembershipStore,
  ) {}

  /** A page from the place on; null is the list's end. */
  async page(question: ListQuestion, caller: Caller, from: LocalPlace | null | undefined): Promise<LocalList> {
    if (from === null) return ENDED;
    const { limit, shape } = question;
    const page = { question, readable: await this.readableBy(caller), after: from, withCards: wantsCard(shape) };
    const found = await this.lists.page({ ...page, limit: limit + 1 });
    const [kept, ended] = [found.slice(0, limit), found.length <= limit];
    const entries: ListEntry[] = [];
    for (const one of kept) entries.push(localEntry(one, shape, wantsFiles(shape) ? await this.filesOf(one) : []));
    const placeAfter = (taken: number) => (ended && taken === kept.length ? null : (kept[taken - 1]?.place ?? from));
    return { entries, ended, placeAfter };
  }

  /** Which of these ids are the hub's own, whoever may see them: nobody else speaks for those (law 4). */
  known(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return this.lists.known(keys);
  }

  private async readableBy({ accountId }: Caller): Promise<number[]> {
    if (accountId === undefined) return [];
    const places = await this.memberships.organizationsOf(Number(accountId));
    return [Number(accountId), ...places.map(({ account }) => account.id)];
  }

  private async filesOf({ repository }: LocalListItem): Promise<readonly Sibling[]> {
    const { siblings = [] } = await this.infos.revision(repository, [], [['expand', 'siblings']]);
    return siblings;
  }
}
