import { Injectable } from '@nestjs/common';
import { AccountsResolver, type ExternalAccount } from '../fallback/resolver/accounts.resolver.js';
import type { RequestContext } from '../fallback/resolver/fallback-request.js';
import type { AccountKind } from '../domain/account.js';
import { accountNotFound } from '../domain/choose-failure.js';
import type { AccountEntity } from './account.entity.js';
import { AccountsService } from './accounts.service.js';

/** A local account, or an account of an external source. */
export type FoundAccount =
  | { readonly local: AccountEntity; readonly external?: undefined }
  | { readonly external: ExternalAccount; readonly local?: undefined };

/** Finds local and external accounts. A local account always takes precedence, even if it is of another kind (invariant 4). */
@Injectable()
export class AccountLookupService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sources: AccountsResolver,
  ) {}

  /**
   * Finds a user or organization by name.
   * @param expected - the kind that sources are searched for first
   * @throws HubError `NotFound`, or the error of the sources
   */
  async find(name: string, expected: AccountKind, context: RequestContext): Promise<FoundAccount> {
    const local = await this.accounts.find(name);
    if (local) return { local };
    const external = await this.sources.find({ ...context, name, expected });
    if (!external) throw accountNotFound(expected);
    return { external };
  }

  /**
   * Finds a user or an organization.
   * @throws HubError see `find`; `NotFound` also if the account is of the other kind (contract D.6)
   */
  async findOfKind(kind: AccountKind, name: string, context: RequestContext): Promise<FoundAccount> {
    const result = await this.find(name, kind, context);
    if ((result.local ?? result.external.account).kind !== kind) throw accountNotFound(kind);
    return result;
  }
}
