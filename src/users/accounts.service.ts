import { createHash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../hub/language/caller.js';
import { HubError } from '../hub/language/hub-error.js';
import { checkAccountName } from '../hub/rules/check-name.js';
import type { CallerDirectory } from '../platform/http/caller-directory.js';
import type { TokenRole } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import type { AccountEntity, AccountKind } from './account.entity.js';
import { AccountStore } from './account.store.js';
import type { MemberRole } from './membership.entity.js';

const ONE_MINUTE_MS = 60_000;

/** A download asks many questions with one token: it is looked up once in so long, and a withdrawn one dies no later. */
const BELIEVED_MS = 5_000;

/** `@huggingface/hub` refuses tokens that do not begin so. */
const TOKEN_PREFIX = 'hf_';

/** What people say about an account that they make. */
export interface AccountInput {
  readonly name: string;
  /** Shown instead of the name; the name itself when absent. */
  readonly fullName?: string;
}

/** Local accounts, their memberships and their access tokens. */
export class AccountsService implements CallerDirectory {
  private readonly recent = new LRUCache<string, { readonly caller: Caller; readonly until: number }>({ max: 5_000 });

  constructor(
    private readonly accounts: AccountStore,
    private readonly tokens: AccessTokenStore,
    private readonly clock: () => Date,
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

  /** Makes the user a member, or changes the role of one. */
  async addMember(organization: string, user: string, role: MemberRole): Promise<void> {
    const [inside, member] = [await this.existing(organization, 'organization'), await this.existing(user, 'user')];
    await this.accounts.setRole(inside.id, member.id, role);
  }

  /** A new access token of the account. This is the only time that it is seen. */
  async createToken(accountName: string, { name, role }: { name: string; role: TokenRole }): Promise<string> {
    const { id } = await this.existing(accountName);
    // base64url without its two marks: letters and digits only, as clients' own masks of tokens expect
    const token = TOKEN_PREFIX + randomBytes(48).toString('base64url').replaceAll(/[-_]/g, '').slice(0, 40);
    await this.tokens.create({ accountId: id, name, role, hash: digest(token) });
    return token;
  }

  async findCaller(token: string): Promise<Caller | undefined> {
    const hash = digest(token);
    const now = this.clock();
    const known = this.recent.get(hash);
    if (known && known.until > now.getTime()) return known.caller;
    const found = await this.tokens.findByHash(hash);
    if (!found) return undefined;
    const minuteAgo = new Date(now.getTime() - ONE_MINUTE_MS);
    if (!found.lastUsedAt || found.lastUsedAt < minuteAgo) await this.tokens.noteUse(found.id, now, minuteAgo);
    const caller: Caller = { accountId: String(found.account.id), name: found.account.name, role: found.role };
    this.recent.set(hash, { caller, until: now.getTime() + BELIEVED_MS });
    return caller;
  }

  /** May this caller read what belongs to the account alone: is it the caller's own, or the caller a member? */
  async mayRead(caller: Caller, ownerId: number): Promise<boolean> {
    return (await this.roleOf(caller, ownerId)) !== undefined;
  }

  /** What the caller is to the owner of something: its own account makes an admin of everybody. The token's role is not looked at. */
  async roleOf(caller: Caller, ownerId: number): Promise<MemberRole | undefined> {
    if (caller.accountId === undefined) return undefined;
    return caller.accountId === String(ownerId) ? 'admin' : this.accounts.roleIn(ownerId, Number(caller.accountId));
  }

  private async create(kind: AccountKind, { name, fullName }: AccountInput): Promise<AccountEntity> {
    checkAccountName(name);
    return this.accounts.create({ kind, name, fullName: fullName ?? name });
  }

  private async existing(name: string, kind?: AccountKind): Promise<AccountEntity> {
    const found = await this.accounts.find(name);
    if (!found || (kind && found.kind !== kind)) {
      throw new HubError('NotFound', `There is no ${kind ?? 'account'} named "${name}"`);
    }
    return found;
  }
}

/** A token is random and long: a plain hash of it is as good as a slow one, and finding it by hash tells no timing. */
const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
