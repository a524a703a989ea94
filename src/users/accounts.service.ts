import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { InvitationClaim } from './invitations/invitation-links.service.js';
import type { AccountKind } from '../domain/account.js';
import { hasPermission, type Caller, type PermissionTarget, type TokenRole } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import { checkAccountName } from '../domain/check-name.js';
import type { Permission } from '../domain/permissions.js';
import { requireFullAccess, requirePermission } from '../domain/require-caller.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore, type NewToken } from './access-token.store.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore, nameTaken, type NewAccount } from './account.store.js';
import { credentialHash } from './callers.service.js';
import type { FineGrained } from './fine-grained.js';
import type { MemberRole } from './membership.entity.js';
import { ReservedAccounts } from './reserved-accounts.service.js';
import { MembershipStore } from './membership.store.js';

/** `@huggingface/hub` rejects tokens without this prefix. */
const TOKEN_PREFIX = 'hf_';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 34;

/**
 * A new access token. It has the form of tokens of huggingface.co, 34 letters, so that secret scanners such as gitleaks and TruffleHog find it
 * with their existing rules, and clients redact it from their logs. That is 193 bits of randomness.
 */
export const newAccessToken = (): string =>
  TOKEN_PREFIX + Array.from({ length: SECRET_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** Input for a new account. */
export interface AccountInput extends Omit<NewAccount, 'kind' | 'fullName'> {
  /** Display name; defaults to the account name. */
  readonly fullName?: string;
}

/** The creator of a token, and the permissions of a fine-grained one, for the audit log. */
export interface TokenIssue {
  readonly by?: Caller | undefined;
  readonly permissions?: Pick<FineGrained, 'global' | 'scoped'> | undefined;
}

export interface AccountKey {
  readonly kind: AccountKind;
  readonly name: string;
}

/** Local accounts, their memberships and their access tokens. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly memberships: MembershipStore,
    private readonly tokens: AccessTokenStore,
    private readonly reserved: ReservedAccounts,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param claim - the invitation that permits the account, which is used in the same transaction
   * @throws HubError `BadRequest` for an invalid name, `Conflict` if the name is taken
   */
  createUser(input: AccountInput, by?: Caller, claim?: InvitationClaim): Promise<AccountEntity> {
    return this.create({ ...input, kind: 'user' }, by, claim);
  }

  /** @throws HubError see `createUser` */
  createOrganization(input: AccountInput, by?: Caller): Promise<AccountEntity> {
    return this.create({ ...input, kind: 'organization' }, by);
  }

  /** @throws HubError `Conflict` if a user or organization has this name */
  async requireAvailable(name: string): Promise<void> {
    if (await this.accounts.find(name)) throw nameTaken(name);
  }

  /** Finds a user or organization by name, case-insensitive. */
  async find(name: string): Promise<AccountEntity | undefined> {
    return (await this.accounts.find(name)) ?? undefined;
  }

  /** @throws HubError `NotFound` */
  async getByName(name: string, kind?: AccountKind): Promise<AccountEntity> {
    const account = await this.accounts.find(name);
    if (account && (kind ?? account.kind) === account.kind) return account;
    const label = { user: 'User', organization: 'Organization', account: 'Account' }[kind ?? 'account'];
    throw new HubError('NotFound', `${label} "${name}" not found`);
  }

  /**
   * Returns an account whose settings the caller may read or change: their own, or an organization in which they have the admin role.
   * @throws HubError `NotFound`, `Forbidden` for other callers
   */
  async requireAdministered(
    caller: Caller,
    { kind, name }: AccountKey,
    permission: 'org.read' | 'org.write' = 'org.write',
  ): Promise<AccountEntity> {
    const account = await this.getByName(name, kind);
    if ((await this.membershipOf(caller, account.id)) === 'admin') {
      if (kind !== 'organization') requireSettingsAccess(caller);
      else requirePermission(caller, permission, { account: account.id, on: `the organization "${account.name}"` });
      return account;
    }
    const who = kind === 'user' ? 'the account owner' : 'admins of the organization';
    throw new HubError('Forbidden', `Only ${who} can manage the settings of "${account.name}"`);
  }

  /** Adds a member or changes a role. Unlike `MembershipStore.change`, this does not check that an admin remains. */
  async addMember(organization: string, user: string, role: MemberRole): Promise<void> {
    const { id: organizationId } = await this.getByName(organization, 'organization');
    const { id: userId } = await this.getByName(user, 'user');
    await this.memberships.setRole({ organizationId, userId, role });
  }

  /** Creates an access token and returns it. The token itself is not stored. */
  async createToken(accountName: string, details: { name: string; role: TokenRole }): Promise<string> {
    const { id } = await this.getByName(accountName);
    return (await this.issueToken(id, details)).token;
  }

  /** Creates an access token by account id; returns the token and its database record. */
  async issueToken(
    accountId: number,
    details: Omit<NewToken, 'accountId' | 'hash'>,
    { by, permissions }: TokenIssue = {},
  ): Promise<{ readonly token: string; readonly record: AccessTokenEntity }> {
    const token = newAccessToken();
    const { name, role, expiresAt = null } = details;
    const record = await this.audit.act(
      by,
      (m) => this.tokens.create({ ...details, accountId, hash: credentialHash(token) }, m),
      ({ id }) => ({
        action: 'token.create',
        ownerId: accountId,
        object: name,
        data: { id, role, expiresAt, ...permissions },
      }),
    );
    return { token, record };
  }

  /**
   * Whether the caller may read private content of an account: it is their own account, or they are a member of the organization, and their
   * access token includes it.
   */
  async mayRead(caller: Caller, target: PermissionTarget & { readonly account: number }): Promise<boolean> {
    return (await this.roleOf(caller, target, 'repo.content.read')) !== undefined;
  }

  /** The caller's role in an account; `undefined` if the caller's access token does not have a permission for the target. */
  async roleOf(
    caller: Caller,
    target: PermissionTarget & { readonly account: number },
    permission: Permission,
  ): Promise<MemberRole | undefined> {
    return hasPermission(caller, permission, target) ? this.membershipOf(caller, target.account) : undefined;
  }

  /**
   * The role of the caller's account in an account; users have the admin role in their own account. Does not consider the access token, so it
   * is for error messages, and for decisions that check the permission separately.
   */
  async membershipOf(caller: Caller, ownerId: number): Promise<MemberRole | undefined> {
    if (caller.accountId === undefined) return undefined;
    return caller.accountId === String(ownerId) ? 'admin' : this.memberships.roleIn(ownerId, Number(caller.accountId));
  }

  private async create(
    { fullName, ...account }: AccountInput & { readonly kind: AccountKind },
    by?: Caller,
    claim?: InvitationClaim,
  ): Promise<AccountEntity> {
    checkAccountName(account.name);
    const action = account.kind === 'user' ? 'user.create' : 'org.create';
    const created = await this.audit.act(
      by,
      async (m) => {
        await claim?.use(m);
        return this.accounts.create({ ...account, fullName: fullName ?? account.name }, m);
      },
      ({ id, name }) => ({
        action,
        ownerId: id,
        object: name,
        ...(claim && { data: { invitation: claim.invitation.id } }),
      }),
    );
    await this.reserved.publishNewAccount();
    return created;
  }
}

/** No permission includes the settings of users, but tokens for everything do. */
function requireSettingsAccess(caller: Caller): void {
  if (caller.scopes !== undefined) requireFullAccess(caller, 'be used for the settings of users');
}
