import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { requireSignedIn, requireWriting } from '../domain/require-caller.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore, type AccountChanges } from './account.store.js';
import { AccountsService, type AccountKey } from './accounts.service.js';

/** What owners change of their accounts. */
export type AccountSettingsChanges = Pick<AccountChanges, 'fullName' | 'email' | 'bio' | 'website' | 'socialMedia'>;

/** What users decide about themselves, and admins about their organizations. */
@Injectable()
export class AccountSettingsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly stored: AccountStore,
  ) {}

  /** @throws HubError `NotFound`, `Unauthorized`, `Forbidden` for anybody else's account */
  async get(caller: Caller, key: AccountKey): Promise<AccountEntity> {
    requireSignedIn(caller);
    return this.accounts.requireAdministered(caller, key);
  }

  /** What is absent stays as it is. @throws HubError as `get`; `Forbidden` for a token that may only read */
  async change(caller: Caller, key: AccountKey, changes: AccountSettingsChanges): Promise<AccountEntity> {
    requireWriting(caller);
    const { id } = await this.accounts.requireAdministered(caller, key);
    return (await this.stored.change(id, changes)) ?? this.accounts.requireAdministered(caller, key);
  }
}
