import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { requireSignedIn, requireWriteAccess } from '../domain/require-caller.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore, type AccountChanges } from './account.store.js';
import { AccountsService, type AccountKey } from './accounts.service.js';

/** Fields that owners can change. */
export type AccountSettingsChanges = Pick<AccountChanges, 'fullName' | 'email' | 'bio' | 'website' | 'socialMedia'>;

/** Profile settings: users manage their own, and admins manage their organizations. */
@Injectable()
export class AccountSettingsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly store: AccountStore,
  ) {}

  /** @throws HubError `NotFound`, `Unauthorized`, `Forbidden` if the caller does not administer the account */
  async get(caller: Caller, key: AccountKey): Promise<AccountEntity> {
    requireSignedIn(caller);
    return this.accounts.requireAdministered(caller, key, 'org.read');
  }

  /**
   * Applies a partial update and returns the resulting account.
   * @throws HubError see `get`; `Forbidden` for read-only tokens
   */
  async change(caller: Caller, key: AccountKey, changes: AccountSettingsChanges): Promise<AccountEntity> {
    requireWriteAccess(caller);
    const { id } = await this.accounts.requireAdministered(caller, key);
    return (await this.store.change(id, changes)) ?? this.accounts.requireAdministered(caller, key);
  }
}
