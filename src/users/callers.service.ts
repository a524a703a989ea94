import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller, RequestOrigin } from '../domain/caller.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../platform/cluster/cluster-bus.js';
import { ReplicatedCache } from '../platform/cluster/replicated-cache.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { toDatabaseError } from '../platform/database/database-error.js';
import { includesPermission } from '../domain/permissions.js';
import type { CallerDirectory } from '../platform/http/caller-directory.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import { SessionStore } from './session.store.js';
import { TokenScopeStore } from './token-scope.store.js';
import { TokenUses } from './token-uses.service.js';

const ONE_MINUTE_MS = 60_000;

/** Published with the account id when a credential of that account was revoked. */
const CREDENTIAL_REVOKED = new Topic<number>('withdrawn');

/**
 * How long a resolved caller is cached, since a download makes many requests with one token. If a revocation message does not reach this
 * replica, the revocation takes effect when the entry expires.
 */
const CACHE_TTL_MS = 1_000;
/** How long a caller is cached while the database is unavailable. Nothing can be revoked in it then. */
const OUTAGE_TTL_MS = 600_000;
const MAX_ENTRIES = 5_000;

interface CachedCaller {
  readonly caller: Caller;
  /** Unix time in milliseconds: when the TTL or the session ends, whichever is first. */
  readonly expiresAt: number;
  /** Unix time in milliseconds until which the entry may be used while the database is unavailable. */
  readonly outageUntil: number;
}

/** Tokens are long and random, so a fast hash is as safe as a slow one. Looking them up by hash reveals nothing through timing. */
export const credentialHash = (value: string): string => createHash('sha256').update(value).digest('hex');

/** The stores that `CallersService` reads. */
@Injectable()
export class CredentialStores {
  constructor(
    readonly tokens: AccessTokenStore,
    readonly scopes: TokenScopeStore,
    readonly sessions: SessionStore,
  ) {}
}

/** Resolves access tokens and sessions to callers. Results are cached for a few seconds or until a credential is revoked. */
@Injectable()
export class CallersService implements CallerDirectory {
  private readonly cache: ReplicatedCache<CachedCaller, number>;

  constructor(
    private readonly credentials: CredentialStores,
    private readonly uses: TokenUses,
    @Inject(CLUSTER_BUS) cluster: ClusterBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.cache = new ReplicatedCache({
      cluster,
      topic: CREDENTIAL_REVOKED,
      maxEntries: MAX_ENTRIES,
      concerns:
        (accountId) =>
        (_, { caller }) =>
          caller.accountId === String(accountId),
    });
  }

  findCaller(token: string, address: string): Promise<Caller | undefined> {
    return this.resolve('token', token, (hash, now) => this.callerOfToken(hash, now, address));
  }

  findSession(value: string, origin?: RequestOrigin): Promise<Caller | undefined> {
    return this.resolve('session', value, (hash, now) => this.callerOfSession(hash, now, origin));
  }

  async hasCredential({
    tokens,
    sessions,
  }: {
    readonly tokens: readonly string[];
    readonly sessions: readonly string[];
  }): Promise<boolean> {
    const now = this.clock();
    const found = await Promise.all([
      tokens.length > 0 && this.credentials.tokens.hasAny(tokens.map(credentialHash)),
      sessions.length > 0 && this.credentials.sessions.hasAny(sessions.map(credentialHash), now),
    ]);
    return found.includes(true);
  }

  /** Drops an account's cached credentials on every replica. Call this after a credential has been revoked in the database. */
  invalidate(accountId: number): Promise<void> {
    return this.cache.invalidate(accountId);
  }

  private async resolve(
    kind: 'token' | 'session',
    value: string,
    lookUp: (hash: string, now: Date) => Promise<CachedCaller | undefined>,
  ): Promise<Caller | undefined> {
    const hash = credentialHash(value);
    const key = `${kind}:${hash}`;
    const now = this.clock();
    const cached = this.cache.get(key);
    if (cached && cached.expiresAt > now.getTime()) return cached.caller;
    try {
      return await this.cache.fill(async (fill) => {
        const entry = await lookUp(hash, now);
        if (entry) fill.store(key, entry, { ttlMs: OUTAGE_TTL_MS });
        else this.cache.delete(key);
        return entry?.caller;
      });
    } catch (error) {
      // an entry that was invalidated in the meantime must not be used
      const isUsable = cached && cached.outageUntil > now.getTime() && this.cache.get(key) === cached;
      if (isUsable && toDatabaseError(error)) return cached.caller;
      throw error;
    }
  }

  private async callerOfToken(hash: string, now: Date, address: string): Promise<CachedCaller | undefined> {
    const { tokens } = this.credentials;
    const record = await tokens.findByHash(hash, now);
    if (!record) return undefined;
    const minuteAgo = new Date(now.getTime() - ONE_MINUTE_MS);
    const { account, role, id: tokenId, lastUsedAt, lastUsedAddress, publisherId } = record;
    if (!lastUsedAt || lastUsedAt < minuteAgo || lastUsedAddress !== address)
      this.uses.record({ id: tokenId, at: now, address });
    const caller = {
      accountId: String(account.id),
      name: account.name,
      role,
      tokenId,
      ...(account.serviceOf !== null && { serviceOf: account.serviceOf }),
      ...(publisherId !== null && { publisher: { id: publisherId, subject: record.publisherSubject ?? '' } }),
      ...(role === 'fineGrained' && (await this.scopesOf(record))),
    };
    const tokenEnd = record.hash === hash ? record.expiresAt : record.previousExpiresAt;
    return { caller, ...cacheTimes(now, tokenEnd) };
  }

  /** Only a fine-grained token with this permission may use the admin API: others are in programs that do not need it. */
  private async scopesOf(record: AccessTokenEntity): Promise<Partial<Caller>> {
    const scopes = await this.credentials.scopes.of(record);
    const mayAdminister = record.account.administrator && includesPermission(scopes.global, 'hub.admin');
    return mayAdminister ? { scopes, administrator: 'account' } : { scopes };
  }

  private async callerOfSession(hash: string, now: Date, origin?: RequestOrigin): Promise<CachedCaller | undefined> {
    const session = await this.credentials.sessions.findByHash(hash, now);
    if (!session) return undefined;
    const { accountId, accountName: name, id: sessionId, expiresAt } = session;
    const minuteAgo = new Date(now.getTime() - ONE_MINUTE_MS);
    if (!session.lastSeenAt || session.lastSeenAt < minuteAgo)
      await this.credentials.sessions.recordUse(sessionId, now, origin).catch(() => undefined); // only for the list of sessions
    const role = 'write' as const;
    const own = { accountId: String(accountId), name, role, sessionId };
    const caller: Caller = session.administrator ? { ...own, administrator: 'account' } : own;
    return { caller, ...cacheTimes(now, expiresAt) };
  }
}

/** @param end - when the credential expires */
function cacheTimes(now: Date, end: Date | null): Pick<CachedCaller, 'expiresAt' | 'outageUntil'> {
  const endingWith = (ttlMs: number): number => Math.min(now.getTime() + ttlMs, end?.getTime() ?? Infinity);
  return { expiresAt: endingWith(CACHE_TTL_MS), outageUntil: endingWith(OUTAGE_TTL_MS) };
}
