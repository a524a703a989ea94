import { Injectable } from '@nestjs/common';
import { AccountsResolver, type FarAccount } from '../fallback/resolver/accounts.resolver.js';
import type { Asking } from '../fallback/resolver/question.js';
import type { AccountKind } from '../domain/account.js';
import { accountNotFound } from '../domain/choose-failure.js';
import type { AccountEntity } from './account.entity.js';
import { AccountsService } from './accounts.service.js';

/** FoundAccount of this hub's own, or of a source's. */
export type FoundAccount =
  | { readonly local: AccountEntity; readonly far?: undefined }
  | { readonly far: FarAccount; readonly local?: undefined };

/** People near and far: a name that the hub has itself is always answered by itself, whichever kind it is (law 4). */
@Injectable()
export class AccountLookupService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sources: AccountsResolver,
  ) {}

  /**
   * Whoever has the name.
   * @param expected what it is taken for at first
   * @throws HubError `NotFound`, or what the sources said
   */
  async find(name: string, expected: AccountKind, asking: Asking): Promise<FoundAccount> {
    const local = await this.accounts.find(name);
    if (local) return { local };
    const far = await this.sources.find({ ...asking, name, expected });
    if (!far) throw accountNotFound(expected);
    return { far };
  }

  /** The same of one kind. @throws HubError likewise, `NotFound` also for an account of the other kind (contract D.6) */
  async findOne(kind: AccountKind, name: string, asking: Asking): Promise<FoundAccount> {
    const found = await this.find(name, kind, asking);
    if ((found.local ?? found.far.account).kind !== kind) throw accountNotFound(kind);
    return found;
  }
}
