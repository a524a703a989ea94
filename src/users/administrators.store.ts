import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';

/** Any number that no other code locks. */
const LOCK = 4_120_771;

/** The users who may use the admin API. */
@Injectable()
export class AdministratorsStore {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'admin'>,
  ) {}

  /** Whether the hub has users. A new hub is set up by its first administrator. */
  async hasUsers(): Promise<boolean> {
    const rows = await this.database.manager.query<unknown[]>(
      `SELECT 1 FROM accounts WHERE kind = 'user' AND service_of IS NULL LIMIT 1`,
    );
    return rows.length > 0;
  }

  /**
   * Refuses to remove the last administrator, unless the administrator of the machine has set an admin token, with which another one can be named.
   * @param m - the transaction that removes the role
   * @throws HubError `Conflict`
   */
  async requireOther(m: EntityManager, id: number): Promise<void> {
    if (this.config.admin.enabled && !this.config.admin.isTokenGenerated) return;
    await m.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const rows = await m.query<{ id: number }[]>('SELECT id FROM accounts WHERE administrator AND disabled_at IS NULL');
    if (rows.length !== 1 || rows[0]!.id !== id) return;
    throw new HubError(
      'Conflict',
      'This is the last administrator. Give another user this role first, or set KOHAKU_HUB_ADMIN_SECRET_TOKEN.',
    );
  }

  /** Sets or removes the role of a user. */
  async set(m: EntityManager, id: number, isAdministrator: boolean): Promise<void> {
    await m.query('UPDATE accounts SET administrator = $2, administrator_by = NULL WHERE id = $1', [
      id,
      isAdministrator,
    ]);
  }
}
