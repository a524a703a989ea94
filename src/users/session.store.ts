import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Any, DataSource, LessThanOrEqual, MoreThan, Not, type EntityManager } from 'typeorm';
import type { RequestOrigin } from '../domain/caller.js';
import { SessionEntity } from './session.entity.js';

/** A session that has not expired, with its account. */
export interface ActiveSession {
  readonly id: number;
  readonly expiresAt: Date;
  readonly accountId: number;
  readonly accountName: string;
  readonly administrator: boolean;
  readonly lastSeenAt: Date | null;
}

/** A session in the list of its user. */
export interface SessionSummary extends Pick<
  SessionEntity,
  'id' | 'createdAt' | 'expiresAt' | 'lastSeenAt' | 'address' | 'userAgent'
> {
  /** The issuer that the user signed in with; null for passwords. */
  readonly issuer: string | null;
}

@Injectable()
export class SessionStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Creates a session if the account is active and still has the password hash that was verified. This prevents signing in with the old
   * password while it is being changed.
   * @returns whether the session was created
   */
  async create(
    account: { id: number; passwordHash: string },
    session: { hash: string; expiresAt: Date },
    m = this.database.manager,
  ) {
    const rows = await m.query<unknown[]>(
      `INSERT INTO sessions (account_id, hash, expires_at)
       SELECT id, $3, $4 FROM accounts WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL FOR SHARE
       RETURNING id`,
      [account.id, account.passwordHash, session.hash, session.expiresAt],
    );
    return rows.length > 0;
  }

  /** Finds a session by the hash of its cookie; `undefined` if it has expired or the account is disabled. */
  async findByHash(hash: string, now: Date): Promise<ActiveSession | undefined> {
    const [row] = await this.database.manager.query<ActiveSession[]>(
      `SELECT s.id, s.expires_at AS "expiresAt", a.id AS "accountId", a.name AS "accountName",
         a.administrator, s.last_seen_at AS "lastSeenAt"
       FROM sessions s JOIN accounts a ON a.id = s.account_id
       WHERE s.hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL`,
      [hash, now],
    );
    return row;
  }

  /** Whether there is a session with any of these hashes that has not expired. */
  hasAny(hashes: readonly string[], now: Date): Promise<boolean> {
    return this.database.manager.existsBy(SessionEntity, { hash: Any(hashes), expiresAt: MoreThan(now) });
  }

  /** @returns whether the session existed */
  async delete(id: number, m = this.database.manager): Promise<boolean> {
    return (await m.delete(SessionEntity, { id })).affected === 1;
  }

  /** Records where a session is used. */
  async recordUse(id: number, now: Date, origin?: RequestOrigin): Promise<void> {
    const { address, userAgent } = origin ?? {};
    const changes = { lastSeenAt: now, address: address ?? null, userAgent: userAgent?.slice(0, 300) ?? null };
    await this.database.manager.update(SessionEntity, { id }, changes);
  }

  /** The sessions of an account that have not expired, those that were used last first. */
  list(accountId: number, now: Date): Promise<SessionSummary[]> {
    return this.database.manager.query<SessionSummary[]>(
      `SELECT s.id, s.created_at AS "createdAt", s.expires_at AS "expiresAt", s.last_seen_at AS "lastSeenAt", s.address,
         s.user_agent AS "userAgent", i.issuer
       FROM sessions s LEFT JOIN identities i ON i.id = s.identity_id
       WHERE s.account_id = $1 AND s.expires_at > $2
       ORDER BY coalesce(s.last_seen_at, s.created_at) DESC, s.id DESC LIMIT 500`,
      [accountId, now],
    );
  }

  /**
   * Ends a session of an account, or all but one.
   * @returns how many have ended
   */
  async end(
    accountId: number,
    which: { readonly id: number } | { readonly keep: number },
    m: EntityManager = this.database.manager,
  ): Promise<number> {
    const id = 'id' in which ? which.id : Not(which.keep);
    return (await m.delete(SessionEntity, { accountId, id })).affected ?? 0;
  }

  async deleteByAccount(accountId: number): Promise<void> {
    await this.database.manager.delete(SessionEntity, { accountId });
  }

  async deleteExpired(now: Date): Promise<void> {
    await this.database.manager.delete(SessionEntity, { expiresAt: LessThanOrEqual(now) });
  }
}
