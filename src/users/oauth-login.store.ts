import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { TokenRole } from '../domain/caller.js';

/** An access token of a program. */
export interface LoginToken {
  readonly id: number;
  readonly accountId: number;
  readonly name: string;
  readonly role: TokenRole;
}

/** An access token that was deleted. */
export type RevokedLogin = Omit<LoginToken, 'role'>;

/** The hashes and lifetimes of an access token with its refresh token. */
export interface TokenPair {
  readonly hash: string;
  readonly expiresAt: Date;
  readonly refreshHash: string;
  readonly refreshExpiresAt: Date;
}

export interface NewLogin extends TokenPair {
  /** Host of this hub, for the name of the token. */
  readonly host: string;
}

/** Access tokens that programs got with a device code. A refresh changes the token of the row, so that users see and revoke one login. */
@Injectable()
export class OauthLoginStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Replaces both tokens. The old access token remains valid for requests in transit, until `oldExpiresAt`.
   * @param old - hash of the refresh token, and the client that it was issued to
   */
  async rotate(
    old: { readonly refreshHash: string; readonly clientId: string },
    pair: TokenPair,
    { now, oldExpiresAt, m }: { readonly now: Date; readonly oldExpiresAt: Date; readonly m: EntityManager },
  ): Promise<LoginToken | undefined> {
    const [rows] = await m.query<[LoginToken[], number]>(
      `UPDATE access_tokens t SET
         previous_hash = t.hash, previous_expires_at = least(t.expires_at, $4), previous_refresh_hash = t.refresh_hash,
         hash = $5, expires_at = $6, refresh_hash = $7, refresh_expires_at = $8
       FROM accounts a
       WHERE a.id = t.account_id AND a.disabled_at IS NULL
         AND t.refresh_hash = $1 AND t.client_id = $2 AND t.refresh_expires_at > $3
       RETURNING t.id, t.role, t.name, t.account_id AS "accountId"`,
      [
        old.refreshHash,
        old.clientId,
        now,
        oldExpiresAt,
        pair.hash,
        pair.expiresAt,
        pair.refreshHash,
        pair.refreshExpiresAt,
      ],
    );
    return rows[0];
  }

  /**
   * Deletes the login whose refresh token was replaced before and is now used again.
   * @param refreshedBefore - `refresh_expires_at` of logins that were not refreshed a moment ago
   * @returns the deleted token
   */
  async deleteReused(m: EntityManager, refreshHash: string, refreshedBefore: Date): Promise<RevokedLogin | undefined> {
    const [rows] = await m.query<[RevokedLogin[], number]>(
      'DELETE FROM access_tokens WHERE previous_refresh_hash = $1 AND refresh_expires_at < $2 RETURNING id, account_id AS "accountId", name',
      [refreshHash, refreshedBefore],
    );
    return rows[0];
  }

  /** Deletes logins that can no longer be refreshed. */
  async deleteExpired(now: Date): Promise<void> {
    await this.database.manager.query('DELETE FROM access_tokens WHERE refresh_expires_at <= $1 AND expires_at <= $1', [
      now,
    ]);
  }
}
