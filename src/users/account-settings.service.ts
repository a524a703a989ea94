import { Injectable } from '@nestjs/common';
import type { Caller } from '../hub/language/caller.js';
import { HubError } from '../hub/language/hub-error.js';
import { requireSignedIn, requireWriting } from '../hub/rules/require-caller.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore, type AccountChanges } from './account.store.js';
import { AccountsService } from './accounts.service.js';
import type { AccountKey } from './profiles.service.js';

/** What owners change of their accounts. */
export type OwnersChanges = Pick<AccountChanges, 'fullName' | 'email' | 'bio' | 'website' | 'socialMedia'>;

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
    return this.own(caller, key);
  }

  /** What is absent stays as it is. @throws HubError as `get`; `Forbidden` for a token that may only read */
  async change(caller: Caller, key: AccountKey, changes: OwnersChanges): Promise<AccountEntity> {
    requireWriting(caller);
    const { id } = await this.own(caller, key);
    return (await this.stored.change(id, changes)) ?? this.own(caller, key);
  }

  private async own(caller: Caller, { kind, name }: AccountKey): Promise<AccountEntity> {
    const account = await this.accounts.existing(name, kind);
    if ((await this.accounts.roleOf(caller, account.id)) === 'admin') return account;
    const who = kind === 'user' ? 'its owner' : 'an admin of it';
    throw new HubError('Forbidden', `The settings of "${account.name}" are for ${who} alone`);
  }
}
