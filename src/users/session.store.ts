import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, LessThanOrEqual } from 'typeorm';
import { SessionEntity } from './session.entity.js';

/** A session that lasts, and whose it is. */
export interface LiveSession {
  readonly id: number;
  readonly expiresAt: Date;
  readonly accountId: number;
  readonly accountName: string;
}

/** Sessions as they lie in the database: by the hash of the cookie's value. */
@Injectable()
export class SessionStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Begins a session, if the account is still in use and still has the password that was checked: one that is being changed lets nobody
   * in with the old one. Says whether it did.
   */
  async open(account: { id: number; passwordHash: string }, session: { hash: string; expiresAt: Date }) {
    const made = await this.database.manager.query<unknown[]>(
      `INSERT INTO sessions (account_id, hash, expires_at)
       SELECT id, $3, $4 FROM accounts WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL FOR SHARE
       RETURNING id`,
      [account.id, account.passwordHash, session.hash, session.expiresAt],
    );
    return made.length > 0;
  }

  /** Undefined for one that has ended, or whose account is disabled. */
  async findByHash(hash: string, now: Date): Promise<LiveSession | undefined> {
    const [row] = await this.database.manager.query<LiveSession[]>(
      `SELECT s.id, s.expires_at AS "expiresAt", a.id AS "accountId", a.name AS "accountName"
       FROM sessions s JOIN accounts a ON a.id = s.account_id
       WHERE s.hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL`,
      [hash, now],
    );
    return row;
  }

  async delete(id: number): Promise<void> {
    await this.database.manager.delete(SessionEntity, { id });
  }

  /** Ends every session of the account. */
  async deleteOf(accountId: number): Promise<void> {
    await this.database.manager.delete(SessionEntity, { accountId });
  }

  async deleteExpired(now: Date): Promise<void> {
    await this.database.manager.delete(SessionEntity, { expiresAt: LessThanOrEqual(now) });
  }
}
