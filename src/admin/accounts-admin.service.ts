import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { checkAccountName } from '../domain/check-name.js';
import { HubError } from '../domain/hub-error.js';
import { NamespaceGuard } from '../fallback/guard/namespace-guard.service.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';
import { changedFields, SETTINGS_ACTIONS } from '../users/account-settings.service.js';
import type { AccountEntity } from '../users/account.entity.js';
import { AdministratorsStore } from '../users/administrators.store.js';
import { AccountStore, type AccountChanges, type AccountFilter } from '../users/account.store.js';
import { AccountsService, type AccountInput } from '../users/accounts.service.js';
import { CallersService } from '../users/callers.service.js';
import { PasswordChangeService } from '../users/password-change.service.js';
import { RegistrationService } from '../users/registration.service.js';
import { ReservedAccounts } from '../users/reserved-accounts.service.js';
import { SessionStore } from '../users/session.store.js';

/** 144 random bits as 24 characters. */
const generatePassword = (): string => randomBytes(18).toString('base64url');

/** An account to be created by the administrator. */
export interface NewAdminAccount extends Omit<AccountInput, 'passwordHash'> {
  readonly kind: AccountEntity['kind'];
  /** Without a password, sign-in is disabled until the administrator sets one. */
  readonly password?: string;
}

/** Fields that the administrator can change. */
export type AdminAccountChanges = Pick<
  AccountChanges,
  'fullName' | 'email' | 'reserved' | 'disabled' | 'quotaBytes' | 'quotaRepositories'
> & { readonly administrator?: boolean };

/** Account management for the administrator. */
@Injectable()
export class AccountsAdminService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly store: AccountStore,
    private readonly registrations: RegistrationService,
    private readonly passwords: PasswordChangeService,
    private readonly sessions: SessionStore,
    private readonly callers: CallersService,
    private readonly reserved: ReservedAccounts,
    private readonly guard: NamespaceGuard,
    private readonly audit: AuditLog,
    private readonly administrators: AdministratorsStore,
  ) {}

  /** A page of accounts ordered by name, with the cursor of the next page, if any. */
  async list(filter: AccountFilter): Promise<{ readonly accounts: readonly AccountEntity[]; readonly next?: string }> {
    const rows = await this.store.list({ ...filter, limit: filter.limit + 1 });
    const accounts = rows.slice(0, filter.limit);
    return rows.length > accounts.length ? { accounts, next: accounts.at(-1)!.lookupName } : { accounts };
  }

  /** @throws HubError `BadRequest` for an invalid name or password, `Conflict` if the name is taken */
  async create({ kind, password, ...input }: NewAdminAccount, by: Caller): Promise<AccountEntity> {
    checkAccountName(input.name);
    await this.accounts.requireAvailable(input.name);
    const account = { ...input, nameCheck: await this.guard.checkAccount(input.name, { isAdministrator: true }) };
    if (kind === 'organization') return this.createOrganization(account, password, by);
    return password === undefined
      ? this.accounts.createUser(account, by)
      : this.registrations.create({ ...account, password }, by);
  }

  /** @throws HubError `NotFound` */
  get(name: string): Promise<AccountEntity> {
    return this.accounts.getByName(name);
  }

  /**
   * Updates an account. Disabling it ends its sessions and rejects its tokens. When this returns, the changes are effective on all
   * replicas.
   * @throws HubError `NotFound`, `BadRequest` when disabling an organization
   */
  async change(name: string, { administrator, ...changes }: AdminAccountChanges, by: Caller): Promise<AccountEntity> {
    const account = await this.get(name);
    const { id, kind } = account;
    if (kind === 'organization' && changes.disabled) throw organizationCannotBeDisabled();
    if (administrator !== undefined) await this.setAdministrator(account, administrator, by);
    const changed = await this.audit.act(
      by,
      async (m) => {
        if (changes.disabled && account.administrator) await this.administrators.requireOther(m, id);
        return this.store.change(id, changes, m);
      },
      () => (changedFields(changes).length > 0 ? changeEvent(account, changes) : undefined),
    );
    if (changes.disabled) await this.sessions.deleteByAccount(id);
    await this.callers.invalidate(id);
    await this.reserved.publishChange();
    return changed ?? this.get(name);
  }

  /**
   * Sets or generates a password and ends all sessions of the account. A generated password cannot be retrieved later.
   * @throws HubError `NotFound`, `BadRequest` for an invalid password or an organization
   */
  async setPassword(name: string, by: Caller, password: string = generatePassword()): Promise<string> {
    const account = await this.get(name);
    if (account.kind === 'organization') throw organizationHasNoPassword();
    if (account.serviceOf !== null)
      throw new HubError(
        'BadRequest',
        'Service accounts have no password. The admins of their organization create their tokens.',
      );
    await this.passwords.reset(account, password, by);
    return password;
  }

  /** @throws HubError `NotFound`, `Conflict` if the account owns repositories or is the only admin of an organization */
  async delete(name: string, by: Caller): Promise<AccountEntity> {
    const account = await this.get(name);
    const action = account.kind === 'user' ? 'user.delete' : 'org.delete';
    await this.audit.act(
      by,
      async (m) => {
        if (account.administrator) await this.administrators.requireOther(m, account.id);
        await this.store.delete(account, m);
      },
      () => ({ action, ownerId: account.id, object: account.name }),
    );
    await this.callers.invalidate(account.id);
    await this.reserved.publishChange();
    return account;
  }

  /** @throws HubError `BadRequest` if the account is not that of a person, `Conflict` for the last administrator */
  private async setAdministrator(account: AccountEntity, isAdministrator: boolean, by: Caller): Promise<void> {
    const { id, kind, name, serviceOf } = account;
    if (isAdministrator && (kind === 'organization' || serviceOf !== null)) throw onlyUsersAdminister();
    const action = isAdministrator ? 'user.grant_admin' : 'user.revoke_admin';
    await this.audit.act(
      by,
      async (m) => {
        if (!isAdministrator && account.administrator) await this.administrators.requireOther(m, id);
        await this.administrators.set(m, id, isAdministrator);
      },
      () => (isAdministrator === account.administrator ? undefined : { action, ownerId: id, object: name }),
    );
  }

  private async createOrganization(
    account: AccountInput,
    password: string | undefined,
    by: Caller,
  ): Promise<AccountEntity> {
    if (password !== undefined) throw organizationHasNoPassword();
    return this.accounts.createOrganization(account, by);
  }
}

/** Disabling and enabling have their own actions; the values of other fields are not recorded. */
function changeEvent({ id, name, kind }: AccountEntity, changes: AdminAccountChanges): AuditEvent {
  const { disabled } = changes;
  const action = disabled === undefined ? SETTINGS_ACTIONS[kind] : disabled ? 'user.disable' : 'user.enable';
  return { action, ownerId: id, object: name, data: { fields: changedFields(changes) } };
}

const onlyUsersAdminister = (): HubError =>
  new HubError('BadRequest', 'Only users can be administrators, not organizations and service accounts.', {
    fields: [{ field: 'administrator', message: 'Only for users' }],
  });

const organizationHasNoPassword = (): HubError =>
  new HubError('BadRequest', 'Organizations have no password. Their members sign in with their own.', {
    fields: [{ field: 'password', message: 'Not allowed for organizations' }],
  });

const organizationCannotBeDisabled = (): HubError =>
  new HubError('BadRequest', 'Organizations cannot be disabled. Disable their members instead.', {
    fields: [{ field: 'disabled', message: 'Not allowed for organizations' }],
  });
