import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AccountKind } from '../domain/account.js';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { checkAccountName } from '../domain/check-name.js';
import type { AccessTokenEntity, TokenRole } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore, type NewAccount } from './account.store.js';
import { credentialHash } from './callers.service.js';
import type { MemberRole } from './membership.entity.js';
import { MembershipStore } from './membership.store.js';

/** `@huggingface/hub` refuses tokens that do not begin so. */
const TOKEN_PREFIX = 'hf_';

/** What people say about an account that they make. */
export interface AccountInput extends Omit<NewAccount, 'kind' | 'fullName'> {
  /** Shown instead of the name; the name itself when absent. */
  readonly fullName?: string;
}

/** Which account, and as what. */
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
  ) {}

  /** @throws HubError `BadRequest` for a name that clients would refuse, `Conflict` for one that is taken */
  createUser(input: AccountInput): Promise<AccountEntity> {
    return this.create('user', input);
  }

  /** @throws HubError as `createUser` */
  createOrganization(input: AccountInput): Promise<AccountEntity> {
    return this.create('organization', input);
  }

  /** The user or organization of this name, in whatever case. */
  async find(name: string): Promise<AccountEntity | undefined> {
    return (await this.accounts.find(name)) ?? undefined;
  }

  /** @throws HubError `NotFound` */
  async existing(name: string, kind?: AccountKind): Promise<AccountEntity> {
    const found = await this.accounts.find(name);
    if (found && (kind ?? found.kind) === found.kind) return found;
    throw new HubError('NotFound', `There is no ${kind ?? 'account'} named "${name}"`);
  }

  /** The account, for who has the say over it. @throws HubError `NotFound`, `Forbidden` for all but itself and an organization's admins */
  async requireAdministered(caller: Caller, { kind, name }: AccountKey): Promise<AccountEntity> {
    const account = await this.existing(name, kind);
    if ((await this.roleOf(caller, account.id)) === 'admin') return account;
    const who = kind === 'user' ? 'its owner' : 'an admin of it';
    throw new HubError('Forbidden', `The settings of "${account.name}" are for ${who} alone`);
  }

  /** Makes the user a member, or changes the role of one, whoever else is left. */
  async addMember(organization: string, user: string, role: MemberRole): Promise<void> {
    const [inside, member] = [await this.existing(organization, 'organization'), await this.existing(user, 'user')];
    await this.memberships.setRole({ organizationId: inside.id, userId: member.id, role });
  }

  /** A new access token of the account. This is the only time that it is seen. */
  async createToken(accountName: string, words: { name: string; role: TokenRole }): Promise<string> {
    const { id } = await this.existing(accountName);
    return (await this.issueToken(id, words)).token;
  }

  /** The same by the account's id, with what is kept of it. */
  async issueToken(
    accountId: number,
    { name, role }: { name: string; role: TokenRole },
  ): Promise<{ readonly token: string; readonly kept: AccessTokenEntity }> {
    // base64url without its two marks: letters and digits only, as clients' own masks of tokens expect
    const token = TOKEN_PREFIX + randomBytes(48).toString('base64url').replaceAll(/[-_]/g, '').slice(0, 40);
    const kept = await this.tokens.create({ accountId, name, role, hash: credentialHash(token) });
    return { token, kept };
  }

  /** May this caller read what belongs to the account alone: is it the caller's own, or the caller a member? */
  async mayRead(caller: Caller, ownerId: number): Promise<boolean> {
    return (await this.roleOf(caller, ownerId)) !== undefined;
  }

  /** What the caller is to the owner of something: its own account makes an admin of everybody. The token's role is not looked at. */
  async roleOf(caller: Caller, ownerId: number): Promise<MemberRole | undefined> {
    if (caller.accountId === undefined) return undefined;
    return caller.accountId === String(ownerId) ? 'admin' : this.memberships.roleIn(ownerId, Number(caller.accountId));
  }

  private async create(kind: AccountKind, { fullName, ...account }: AccountInput): Promise<AccountEntity> {
    checkAccountName(account.name);
    return this.accounts.create({ ...account, kind, fullName: fullName ?? account.name });
  }
}
