import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, LessThan, MoreThan, type EntityManager } from 'typeorm';
import { DeviceLoginEntity } from './device-login.entity.js';
import type { LoginToken, NewLogin } from './oauth-login.store.js';

/** Requests of programs to be signed in. All replicas share them, since the program and the browser may use different ones. */
@Injectable()
export class DeviceLoginStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async create(login: DeviceLoginEntity): Promise<void> {
    await this.database.manager.insert(DeviceLoginEntity, login);
  }

  async deleteExpired(before: Date): Promise<void> {
    await this.database.manager.delete(DeviceLoginEntity, { expiresAt: LessThan(before) });
  }

  /** A login that no user has confirmed or denied yet. */
  findOpen(userCode: string, now: Date): Promise<DeviceLoginEntity | null> {
    return this.database.manager.findOneBy(DeviceLoginEntity, {
      userCode,
      approved: IsNull(),
      expiresAt: MoreThan(now),
    });
  }

  findByDevice(deviceHash: string, clientId: string): Promise<DeviceLoginEntity | null> {
    return this.database.manager.findOneBy(DeviceLoginEntity, { deviceHash, clientId });
  }

  /** @returns whether the login was open; a code can be used once */
  async decide(
    userCode: string,
    decision: { readonly accountId: number; readonly approved: boolean },
    { now, m }: { readonly now: Date; readonly m: EntityManager },
  ): Promise<boolean> {
    const open = { userCode, approved: IsNull(), expiresAt: MoreThan(now) };
    const { affected } = await m.update(DeviceLoginEntity, open, decision);
    return affected === 1;
  }

  async recordPoll(deviceHash: string, poll: { readonly polledAt: Date; readonly pollSeconds: number }): Promise<void> {
    await this.database.manager.update(DeviceLoginEntity, { deviceHash }, poll);
  }

  /**
   * Deletes a confirmed login and creates its access token, in one statement: of several requests with the same device code, one gets a token.
   * @returns undefined if the login is not confirmed, has expired, or its account is disabled
   */
  async redeem(
    device: { readonly hash: string; readonly clientId: string },
    token: NewLogin,
    { now, m }: { readonly now: Date; readonly m: EntityManager },
  ): Promise<LoginToken | undefined> {
    const [row] = await m.query<LoginToken[]>(
      `WITH login AS (
         DELETE FROM device_logins WHERE device_hash = $1 AND client_id = $2 AND approved AND expires_at > $3
         RETURNING account_id, role, client_id)
       INSERT INTO access_tokens (account_id, name, role, client_id, hash, expires_at, refresh_hash, refresh_expires_at)
       SELECT a.id, left('oauth-' || a.name || '@' || $4, 100), login.role, login.client_id, $5, $6, $7, $8
       FROM login JOIN accounts a ON a.id = login.account_id WHERE a.disabled_at IS NULL
       RETURNING id, role, account_id AS "accountId", name`,
      [
        device.hash,
        device.clientId,
        now,
        token.host,
        token.hash,
        token.expiresAt,
        token.refreshHash,
        token.refreshExpiresAt,
      ],
    );
    return row;
  }
}
