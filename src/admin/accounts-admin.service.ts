import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HubError } from '../domain/hub-error.js';
import type { AccountEntity } from '../users/account.entity.js';
import { AccountStore, type AccountChanges, type AccountFilter } from '../users/account.store.js';
import { AccountsService, type AccountInput } from '../users/accounts.service.js';
import { CallersService } from '../users/callers.service.js';
import { PasswordChangeService } from '../users/password-change.service.js';
import { RegistrationService } from '../users/registration.service.js';
import { ReservedAccounts } from '../users/reserved-accounts.service.js';
import { SessionStore } from '../users/session.store.js';

/** 144 random bits, 24 letters. */
const newPassword = (): string => randomBytes(18).toString('base64url');

/** An account that the administrator makes. */
export interface NewAdminAccount extends Omit<AccountInput, 'passwordHash'> {
  readonly kind: AccountEntity['kind'];
  /** Without it nobody can sign in, until the administrator sets one. */
  readonly password?: string;
}

/** What the administrator changes of an account. */
export type AdminAccountChanges = Pick<AccountChanges, 'fullName' | 'email' | 'reserved' | 'disabled'>;

/** What the administrator does with accounts. */
@Injectable()
export class AccountsAdminService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly stored: AccountStore,
    private readonly registrations: RegistrationService,
    private readonly passwords: PasswordChangeService,
    private readonly sessions: SessionStore,
    private readonly callers: CallersService,
    private readonly reserved: ReservedAccounts,
  ) {}

  /** A page of accounts by name, and the cursor of the next one, if there is one. */
  async list(filter: AccountFilter): Promise<{ readonly accounts: readonly AccountEntity[]; readonly next?: string }> {
    const found = await this.stored.list({ ...filter, limit: filter.limit + 1 });
    const accounts = found.slice(0, filter.limit);
    return found.length > accounts.length ? { accounts, next: accounts.at(-1)!.lookupName } : { accounts };
  }

  /** @throws HubError `BadRequest` for an impossible name or a poor password, `Conflict` for a name that is taken */
  create({ kind, password, ...account }: NewAdminAccount): Promise<AccountEntity> {
    if (kind === 'organization') return this.createOrganization(account, password);
    return password === undefined
      ? this.accounts.createUser(account)
      : this.registrations.create({ ...account, password });
  }

  /** @throws HubError NotFound */
  get(name: string): Promise<AccountEntity> {
    return this.accounts.getByName(name);
  }

  /**
   * A disabled account is signed out everywhere, and its tokens are refused while it is disabled; what is reserved is so at once.
   * @throws HubError `NotFound`, `BadRequest` for disabling an organization
   */
  async change(name: string, changes: AdminAccountChanges): Promise<AccountEntity> {
    const { id, kind } = await this.get(name);
    if (kind === 'organization' && changes.disabled) throw notDisabled();
    const changed = await this.stored.change(id, changes);
    if (changes.disabled) await this.sessions.deleteByAccount(id);
    await this.callers.invalidate(id);
    await this.reserved.publishChange();
    return changed ?? this.get(name);
  }

  /**
   * Sets a password, or makes one up; every session of the account ends. The password is seen this once.
   * @throws HubError `NotFound`, `BadRequest` for a poor one and for organizations, which nobody signs in to
   */
  async setPassword(name: string, password: string = newPassword()): Promise<string> {
    const { id, kind } = await this.get(name);
    if (kind === 'organization') throw noPassword();
    await this.passwords.reset(id, password);
    return password;
  }

  /** @throws HubError `NotFound`, `Conflict` for the owner of repositories and for the only admin of an organization */
  async delete(name: string): Promise<AccountEntity> {
    const account = await this.get(name);
    await this.stored.delete(account);
    await this.callers.invalidate(account.id);
    await this.reserved.publishChange();
    return account;
  }

  private async createOrganization(account: AccountInput, password: string | undefined): Promise<AccountEntity> {
    if (password !== undefined) throw noPassword();
    return this.accounts.createOrganization(account);
  }
}

const noPassword = (): HubError =>
  new HubError('BadRequest', 'An organization has no password: its members sign in with theirs', {
    fields: [{ field: 'password', message: 'must be absent for an organization' }],
  });

const notDisabled = (): HubError =>
  new HubError('BadRequest', 'An organization cannot be disabled, since nobody signs in to it: disable its members', {
    fields: [{ field: 'disabled', message: 'must not be true for an organization' }],
  });
