import type { DataSource } from 'typeorm';
import type { NameCheck, NameCounts } from '../../domain/name-check.js';
import { RETRY_MS } from './name-check.entity.js';

/** A table whose rows have names that are checked at the sources. */
export interface NamedTable {
  readonly table: 'accounts' | 'repositories';
  /** Column with the unique, case-insensitive name. */
  readonly key: 'lookup_name' | 'lookup_key';
  /** Columns of a row that is returned. */
  readonly columns: string;
}

/** The name of a row, which may have changed when the result of a check is stored. */
export interface NamedRow {
  readonly id: number;
  readonly key: string;
}

/** Reads and updates the name checks of a table. */
export class NameCheckQueries<Row> {
  constructor(
    private readonly database: DataSource,
    private readonly named: NamedTable,
  ) {}

  /** Takes up to `limit` rows whose check is due, so that no other replica checks them. If this replica crashes, they are due again later. */
  async claim(limit: number, now: Date): Promise<(Row & NamedRow)[]> {
    const { table, key, columns } = this.named;
    const [rows] = await this.database.query<[(Row & NamedRow)[], number]>(
      `UPDATE ${table} SET name_check_at = $1 WHERE id IN (
         SELECT id FROM ${table} WHERE name_check_at <= $2 ORDER BY name_check_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING id, ${key} AS key, ${columns}`,
      [new Date(now.getTime() + RETRY_MS), now, limit],
    );
    return rows;
  }

  /**
   * Stores the result of a check; `undefined` if no source applies to the name. A name that cannot be checked now stays due and keeps what is known about
   * it.
   *
   * @returns whether the row still has this name
   */
  async save({ id, key }: NamedRow, check: NameCheck | undefined): Promise<boolean> {
    const { state, source } = check ?? { state: null, source: null };
    const values =
      state === 'unverified'
        ? `name_state = coalesce(name_state, $3), shadowed_source = coalesce(shadowed_source, $4)`
        : `name_state = $3, shadowed_source = $4, name_check_at = NULL`;
    const [, updated] = await this.database.query<[unknown, number]>(
      `UPDATE ${this.named.table} SET ${values} WHERE id = $1 AND ${this.named.key} = $2`,
      [id, key, state, source],
    );
    return updated === 1;
  }

  /** The number of rows in each state. */
  async count(): Promise<NameCounts> {
    const [counts] = await this.database.query<[Record<keyof NameCounts, string>]>(
      `SELECT count(*) FILTER (WHERE name_state = 'shadows') AS shadows,
         count(*) FILTER (WHERE name_state = 'unverified') AS unverified,
         count(*) FILTER (WHERE name_check_at IS NOT NULL) AS due
       FROM ${this.named.table} WHERE name_state IN ('shadows', 'unverified') OR name_check_at IS NOT NULL`,
    );
    return { shadows: Number(counts.shadows), unverified: Number(counts.unverified), due: Number(counts.due) };
  }

  /**
   * Makes the check of all rows due that match a condition and were created before `now`.
   *
   * @returns the number of rows
   */
  async schedule(condition: string, now: Date): Promise<number> {
    const [, updated] = await this.database.query<[unknown, number]>(
      `UPDATE ${this.named.table} SET name_check_at = $1 WHERE created_at < $1 AND ${condition}`,
      [now],
    );
    return updated;
  }
}
