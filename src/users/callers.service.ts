import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../domain/caller.js';
import { Topic, type Fleet } from '../platform/cluster/fleet.js';
import type { CallerDirectory } from '../platform/http/caller-directory.js';
import { AccessTokenStore } from './access-token.store.js';
import { SessionStore } from './session.store.js';

const ONE_MINUTE_MS = 60_000;

/** A credential of the account with this id has been withdrawn. */
const WITHDRAWN = new Topic<number>('withdrawn');

/** A download asks many questions with one token: it is looked up once in so long, and one withdrawn unheard dies no later. */
const BELIEVED_MS = 5_000;

interface Belief {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A token is random and long: a plain hash of it is as good as a slow one, and finding it by hash tells no timing. */
export const credentialHash = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Whose an access token or a session is. What was looked up lately is believed, until it is withdrawn. */
export class CallersService implements CallerDirectory {
  private readonly beliefs = new LRUCache<string, Belief>({ max: 5_000 });
  private withdrawals = 0;

  constructor(
    private readonly tokens: AccessTokenStore,
    private readonly sessions: SessionStore,
    private readonly fleet: Fleet,
    private readonly clock: () => Date,
  ) {
    fleet.on(WITHDRAWN, (accountId) => this.forgetHere(accountId));
    fleet.onGap(() => this.forgetAll());
  }

  findCaller(token: string): Promise<Caller | undefined> {
    return this.believe('token', token, (hash, now) => this.ofToken(hash, now));
  }

  findSession(value: string): Promise<Caller | undefined> {
    return this.believe('session', value, (hash, now) => this.ofSession(hash, now));
  }

  /** Forgets on every replica what is believed of an account's credentials: one of them has been withdrawn, in the database. */
  async forget(accountId: number): Promise<void> {
    this.forgetHere(accountId);
    await this.fleet.tell(WITHDRAWN, accountId);
  }

  private forgetAll(): void {
    this.withdrawals += 1;
    this.beliefs.clear();
  }

  private forgetHere(accountId: number): void {
    this.withdrawals += 1;
    for (const [key, { caller }] of [...this.beliefs.entries()])
      if (caller.accountId === String(accountId)) this.beliefs.delete(key);
  }

  private async believe(
    kind: 'token' | 'session',
    value: string,
    lookUp: (hash: string, now: Date) => Promise<Belief | undefined>,
  ): Promise<Caller | undefined> {
    const hash = credentialHash(value);
    const key = `${kind}:${hash}`;
    const now = this.clock();
    const known = this.beliefs.get(key);
    if (known && known.until > now.getTime()) return known.caller;
    const { withdrawals } = this;
    const found = await lookUp(hash, now);
    // what was read before a withdrawal may be out of date: it counts for this request alone
    if (found && withdrawals === this.withdrawals) this.beliefs.set(key, found);
    return found?.caller;
  }

  private async ofToken(hash: string, now: Date): Promise<Belief | undefined> {
    const found = await this.tokens.findByHash(hash);
    if (!found) return undefined;
    const minuteAgo = new Date(now.getTime() - ONE_MINUTE_MS);
    if (!found.lastUsedAt || found.lastUsedAt < minuteAgo) await this.tokens.noteUse(found.id, now, minuteAgo);
    const { account, role, id: tokenId } = found;
    const caller = { accountId: String(account.id), name: account.name, role, tokenId };
    return { caller, until: now.getTime() + BELIEVED_MS };
  }

  private async ofSession(hash: string, now: Date): Promise<Belief | undefined> {
    const found = await this.sessions.findByHash(hash, now);
    if (!found) return undefined;
    const { accountId, accountName: name, id: sessionId, expiresAt } = found;
    const caller = { accountId: String(accountId), name, role: 'write', sessionId } as const;
    return { caller, until: Math.min(now.getTime() + BELIEVED_MS, expiresAt.getTime()) };
  }
}
