import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubSettings } from '../../platform/identity/hub-settings.js';
import type { TokenCheck } from '../upstream/harmless-probe.js';
import { isDue, type CheckedCredentials, type StoredCheck, type StoredChecks } from './token-check.js';

/** The key of the last checks, as JSON. */
const KEY = 'fallback.token_checks';

/** Stores the last check of each source's credentials, which all replicas share. */
@Injectable()
export class TokenChecksStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async all(): Promise<StoredChecks> {
    return parse(await new HubSettings(this.database).get(KEY));
  }

  /**
   * Takes the credentials whose check is due. Of several replicas, only one gets them.
   *
   * @param configured - the credentials of all sources that are checked; stored checks of others are deleted
   */
  async claim(configured: readonly CheckedCredentials[], maxAgeMs: number, now: Date): Promise<CheckedCredentials[]> {
    return this.change((checks) => {
      const due = configured.filter((entry) => isDue(checks[entry.key], entry, maxAgeMs, now));
      const claimed = due.map(({ key, fingerprint }): [string, StoredCheck] => {
        const last = checks[key]?.fingerprint === fingerprint ? checks[key] : { state: null, checkedAt: null };
        return [key, { ...last, fingerprint, claimedAt: now.toISOString() }];
      });
      const kept = configured.flatMap(({ key }) => (checks[key] ? [[key, checks[key]] as const] : []));
      return [Object.fromEntries([...kept, ...claimed]), due];
    });
  }

  /** Stores a result. */
  async save({ key, fingerprint }: CheckedCredentials, state: TokenCheck, now: Date): Promise<void> {
    const at = now.toISOString();
    await this.change((checks) => [{ ...checks, [key]: { fingerprint, state, checkedAt: at, claimedAt: at } }, null]);
  }

  private change<T>(work: (checks: StoredChecks) => [next: StoredChecks, result: T]): Promise<T> {
    return this.database.transaction(async (manager) => {
      const settings = new HubSettings(manager);
      await settings.getOrAdd(KEY, '{}');
      const [row] = await manager.query<{ value: string }[]>(
        'SELECT value FROM hub_settings WHERE key = $1 FOR UPDATE',
        [KEY],
      );
      const [next, result] = work(parse(row?.value));
      const value = JSON.stringify(next);
      if (value !== row?.value) await settings.set(KEY, value);
      return result;
    });
  }
}

const parse = (value = '{}'): StoredChecks => JSON.parse(value) as StoredChecks;
