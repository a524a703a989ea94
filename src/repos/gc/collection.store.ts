import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CollectionEntity, CollectionProgress, CollectionTrigger } from './collection.entity.js';

/** A replica that has not reported for this time was killed, or cannot reach the database: another collection may start. */
const LOST_SECONDS = 120;
const KEPT_COLLECTIONS = 100;

/** A collection of any replica. */
export type Collection = Omit<CollectionEntity, 'reportedAt'>;

type NumberColumn = Exclude<keyof CollectionProgress, 'step'>;

/** PostgreSQL returns `bigint` as text. */
type Row = Omit<Collection, NumberColumn> & Readonly<Record<NumberColumn, string>>;

const COLUMNS = `id, state, trigger, started_at AS "startedAt", finished_at AS "finishedAt", step, examined, total, unreferenced,
  deleted, freed_bytes AS "freedBytes", error`;

const numbersOf = ({ examined, total, unreferenced, deleted, freedBytes }: Row): Record<NumberColumn, number> => ({
  examined: Number(examined),
  total: Number(total),
  unreferenced: Number(unreferenced),
  deleted: Number(deleted),
  freedBytes: Number(freedBytes),
});

/** The outcome of a collection. */
export interface CollectionEnd {
  readonly state: 'succeeded' | 'failed' | 'interrupted';
  readonly error?: string;
}

/** Collections of all replicas. The database allows one that is running. */
@Injectable()
export class CollectionStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Registers a new collection. Returns its id, or `undefined` if another one is running.
   * @param m - the transaction to run in, if any
   */
  async claim(trigger: CollectionTrigger, m = this.database.manager): Promise<number | undefined> {
    await this.endLost(LOST_SECONDS, m);
    const rows = await m.query<{ id: number }[]>(
      `INSERT INTO collections (state, trigger, step) VALUES ('running', $1, 'uploads') ON CONFLICT DO NOTHING RETURNING id`,
      [trigger],
    );
    await m.query(`DELETE FROM collections WHERE id <= (SELECT max(id) FROM collections) - ${KEPT_COLLECTIONS}`);
    return rows[0]?.id;
  }

  /** Ends collections of replicas that have not reported for this time. */
  async endLost(seconds: number, m = this.database.manager): Promise<void> {
    await m.query(
      `UPDATE collections SET state = 'interrupted', finished_at = reported_at
       WHERE state = 'running' AND reported_at <= now() - make_interval(secs => $1)`,
      [seconds],
    );
  }

  /** @returns false if the collection was ended, because this replica has not reported for too long */
  async report(id: number, progress: CollectionProgress): Promise<boolean> {
    return this.update(id, progress, '');
  }

  async finish(id: number, progress: CollectionProgress, { state, error }: CollectionEnd): Promise<void> {
    await this.update(id, progress, ', state = $8, error = $9, finished_at = now()', [state, error ?? null]);
  }

  /** The newest collections, newest first. */
  latest(limit: number): Promise<Collection[]> {
    return this.read('true ORDER BY id DESC LIMIT $1', [limit]);
  }

  async byId(id: number): Promise<Collection | undefined> {
    return (await this.read('id = $1', [id]))[0];
  }

  /** The newest collection that examined all contents. */
  async lastSucceeded(): Promise<Collection | undefined> {
    return (await this.read(`state = 'succeeded' ORDER BY id DESC LIMIT 1`))[0];
  }

  private async read(condition: string, values: unknown[] = []): Promise<Collection[]> {
    const rows = await this.database.query<Row[]>(`SELECT ${COLUMNS} FROM collections WHERE ${condition}`, values);
    return rows.map((row) => ({ ...row, ...numbersOf(row) }));
  }

  private async update(
    id: number,
    { step, examined, total, unreferenced, deleted, freedBytes }: CollectionProgress,
    more: string,
    values: readonly unknown[] = [],
  ): Promise<boolean> {
    const [, updated] = await this.database.query<[unknown, number]>(
      `UPDATE collections SET reported_at = now(), step = $2, examined = $3, total = $4, unreferenced = $5, deleted = $6,
         freed_bytes = $7${more} WHERE id = $1 AND state = 'running'`,
      [id, step, examined, total, unreferenced, deleted, freedBytes, ...values],
    );
    return updated === 1;
  }
}
