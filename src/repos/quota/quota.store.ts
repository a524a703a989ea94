import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { AccountKind } from '../../domain/account.js';
import type { AccountQuota } from './effective-quota.js';
import type { StorageUse } from './quota-message.js';

/** An account that owns repositories. */
export interface Namespace extends AccountQuota {
  readonly id: number;
  readonly name: string;
}

/** Space that an upload needs: a SHA-256, or another key of `UploadReservationEntity`, and bytes. */
export interface Wanted {
  readonly key: string;
  readonly bytes: number;
}

/** Use of a namespace, and the bytes by which an upload would increase it. */
export interface Demand extends Omit<StorageUse, 'limit'> {
  readonly added: number;
}

/** Details of the end of a reservation. */
export interface ReleaseOptions {
  /** How long it still lasts; not at all by default. */
  readonly seconds?: number;
  /** The current transaction, if there is one. */
  readonly m?: EntityManager;
}

interface NamespaceRow {
  readonly id: number;
  readonly name: string;
  readonly kind: AccountKind;
  readonly quota_bytes: string | null;
  readonly quota_repositories: number | null;
}

const COLUMNS = 'a.id, a.name, a.kind, a.quota_bytes, a.quota_repositories';
/** More rows of `usage_changes` of an account are added up. */
const MAX_CHANGES = 50;

const USED = '(SELECT coalesce(sum(bytes), 0) FROM usage_changes WHERE account_id = $1)';
const RESERVED =
  '(SELECT coalesce(sum(bytes), 0) FROM upload_reservations WHERE account_id = $1 AND expires_at > now())';

const ADD_UP = `
  WITH gone AS (DELETE FROM usage_changes WHERE account_id = $1 RETURNING bytes)
  INSERT INTO usage_changes (account_id, bytes) SELECT $1, sum(bytes) FROM gone HAVING sum(bytes) <> 0`;

const WANTED = `
  wanted AS (SELECT key, max(bytes) AS bytes FROM unnest($2::text[], $3::bigint[]) AS row (key, bytes) GROUP BY key),
  missing AS (
    SELECT key, bytes FROM wanted w
    WHERE NOT EXISTS (SELECT FROM namespace_contents c WHERE c.account_id = $1 AND c.sha256 = w.key))`;

const DEMAND = `
  WITH ${WANTED}
  SELECT ${USED} AS used, ${RESERVED} AS reserved,
    (SELECT count(*) FROM usage_changes WHERE account_id = $1) > ${MAX_CHANGES} AS fragmented,
    (SELECT coalesce(sum(greatest(0, m.bytes - coalesce(r.bytes, 0))), 0) FROM missing m
     LEFT JOIN upload_reservations r ON r.account_id = $1 AND r.key = m.key AND r.expires_at > now()) AS added`;

const RESERVE = `
  WITH ${WANTED}
  INSERT INTO upload_reservations AS r (account_id, key, bytes, expires_at)
  SELECT $1, key, bytes, now() + make_interval(secs => $4) FROM missing WHERE bytes > 0 ORDER BY key
  ON CONFLICT (account_id, key) DO UPDATE
  SET bytes = CASE WHEN r.expires_at > now() THEN greatest(r.bytes, excluded.bytes) ELSE excluded.bytes END,
      expires_at = greatest(r.expires_at, excluded.expires_at)`;

/**
 * The use of namespaces, which triggers maintain, and reservations for uploads (ADR 31). Checks and reservations of a namespace are made one
 * after the other, because they lock its account; reading its use is a sum over a few rows.
 */
@Injectable()
export class QuotaStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async namespaceOfRepo(repositoryId: number): Promise<Namespace | undefined> {
    const [row] = await this.database.query<NamespaceRow[]>(
      `SELECT ${COLUMNS} FROM repositories r JOIN accounts a ON a.id = r.owner_id WHERE r.id = $1`,
      [repositoryId],
    );
    return row && toNamespace(row);
  }

  async namespace(accountId: number, m: EntityManager = this.database.manager): Promise<Namespace | undefined> {
    const [row] = await m.query<NamespaceRow[]>(`SELECT ${COLUMNS} FROM accounts a WHERE a.id = $1`, [accountId]);
    return row && toNamespace(row);
  }

  /** Locks a namespace until the end of the transaction: its quota is checked by one transaction at a time. */
  async lock(m: EntityManager, accountId: number): Promise<void> {
    await m.query('SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE', [accountId]);
  }

  /**
   * Reserves space for an upload if `accept` agrees. Contents that the namespace has, and space that it has reserved for them, are not added.
   *
   * @param accept - throws if the demand is too high
   */
  async reserve(
    accountId: number,
    wanted: readonly Wanted[],
    seconds: number,
    accept: (demand: Demand) => void,
  ): Promise<void> {
    const parameters = [accountId, wanted.map(({ key }) => key), wanted.map(({ bytes }) => bytes)];
    await this.database.transaction(async (m) => {
      await this.lock(m, accountId);
      const [row] = await m.query<(Record<keyof Demand, string> & { fragmented: boolean })[]>(DEMAND, parameters);
      accept({ used: Number(row!.used), reserved: Number(row!.reserved), added: Number(row!.added) });
      await m.query(RESERVE, [...parameters, seconds]);
      if (row!.fragmented) await m.query(ADD_UP, [accountId]);
    });
  }

  /** Ends reservations early, for example of an upload that has failed. */
  async release(
    accountId: number,
    keys: readonly string[],
    { seconds = 0, m = this.database.manager }: ReleaseOptions = {},
  ): Promise<void> {
    await m.query(
      `UPDATE upload_reservations SET expires_at = least(expires_at, now() + make_interval(secs => $3))
       WHERE account_id = $1 AND key = ANY($2)`,
      [accountId, keys, seconds],
    );
  }

  /** The contents, of the given hashes, that the namespace has. */
  async present(accountId: number, hashes: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ sha256: string }[]>(
      'SELECT sha256 FROM namespace_contents WHERE account_id = $1 AND sha256 = ANY($2)',
      [accountId, hashes],
    );
    return new Set(rows.map(({ sha256 }) => sha256));
  }

  /** The sizes, of the given ones, that contents of the namespace have. */
  async sizesIn(accountId: number, sizes: readonly number[]): Promise<Set<number>> {
    const rows = await this.database.query<{ size: string }[]>(
      'SELECT DISTINCT size FROM namespace_contents WHERE account_id = $1 AND size = ANY($2::bigint[])',
      [accountId, sizes],
    );
    return new Set(rows.map(({ size }) => Number(size)));
  }

  /** @param m - the current transaction, if there is one */
  async use(accountId: number, m: EntityManager = this.database.manager): Promise<Omit<StorageUse, 'limit'>> {
    const [row] = await m.query<{ used: string; reserved: string }[]>(
      `SELECT ${USED} AS used, ${RESERVED} AS reserved`,
      [accountId],
    );
    return { used: Number(row!.used), reserved: Number(row!.reserved) };
  }

  /** Bytes used by each account. */
  async usedBy(accountIds: readonly number[]): Promise<Map<number, number>> {
    const rows = await this.database.query<{ id: number; bytes: string }[]>(
      'SELECT account_id AS id, sum(bytes) AS bytes FROM usage_changes WHERE account_id = ANY($1) GROUP BY account_id',
      [accountIds],
    );
    return new Map(rows.map(({ id, bytes }) => [id, Number(bytes)]));
  }

  /** Deletes expired reservations, and adds up the changes of each account. */
  async tidy(): Promise<void> {
    await this.database.query('DELETE FROM upload_reservations WHERE expires_at < now()');
    const rows = await this.database.query<{ id: number }[]>(
      'SELECT account_id AS id FROM usage_changes GROUP BY account_id HAVING count(*) > $1',
      [MAX_CHANGES],
    );
    for (const { id } of rows) await this.database.query(ADD_UP, [id]);
  }
}

const toNamespace = ({ id, name, kind, ...row }: NamespaceRow): Namespace => ({
  id,
  name,
  kind,
  quotaBytes: row.quota_bytes === null ? null : Number(row.quota_bytes),
  quotaRepositories: row.quota_repositories,
});
