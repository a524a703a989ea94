import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** The key of the sources, as a JSON list, at which all local names are checked or will be. */
const KEY = 'namespace_guard.checked_sources';

/** Stores for which sources all local names were checked. */
@Injectable()
export class CheckedSourcesStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Adds sources. Of several replicas, only one learns that they are new.
   *
   * @param used - the sources that are used now
   * @param configured - all sources; others are removed, and are new if they are added again
   * @returns whether any of the used sources is new
   */
  add(used: readonly string[], configured: readonly string[]): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      await manager.query(`INSERT INTO hub_settings (key, value) VALUES ($1, '[]') ON CONFLICT DO NOTHING`, [KEY]);
      const rows = await manager.query<{ value: string }[]>(
        'SELECT value FROM hub_settings WHERE key = $1 FOR UPDATE',
        [KEY],
      );
      const known = JSON.parse(rows[0]!.value) as string[];
      const next = [...new Set([...known.filter((source) => configured.includes(source)), ...used])].sort();
      if (JSON.stringify(next) !== rows[0]!.value)
        await manager.query('UPDATE hub_settings SET value = $2 WHERE key = $1', [KEY, JSON.stringify(next)]);
      return used.some((source) => !known.includes(source));
    });
  }
}
