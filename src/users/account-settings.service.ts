import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { requireSignedIn, requireWriteAccess } from '../domain/require-caller.js';
import type { AccountEntity } from './account.entity.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
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
    private readonly audit: AuditLog,
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
    const changed = await this.audit.act(
      caller,
      (m) => this.store.change(id, changes, m),
      () => ({ action: SETTINGS_ACTIONS[key.kind], ownerId: id, data: { fields: changedFields(changes) } }),
    );
    return changed ?? this.accounts.requireAdministered(caller, key);
  }
}

/** The action in the audit log for changed settings of an account. */
export const SETTINGS_ACTIONS = { user: 'user.update_settings', organization: 'org.update_settings' } as const;

/** The names of changed fields. Their values may be personal data, which the audit log does not need. */
export const changedFields = (changes: object): string[] =>
  Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [name]));
