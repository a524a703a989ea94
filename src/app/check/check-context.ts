import type { DataSource } from 'typeorm';
import type { BlobStore } from '../../platform/storage/blob-store.js';
import type { BlockStore } from '../../platform/storage/block-store.js';
import type { DirectTransfer } from '../../platform/storage/direct-transfer.js';
import type { SecretKeys } from '../../platform/identity/secret-keys.js';
import type { OwnerMark } from '../../platform/storage/owner-mark.js';
import type { CheckName, Findings, HashMode } from './check-report.js';

/** The hub that is examined, and the options. */
export interface CheckContext {
  readonly database: DataSource;
  readonly blobs: BlobStore;
  readonly blocks: BlockStore;
  readonly direct: DirectTransfer | undefined;
  readonly keys: SecretKeys;
  readonly mark: OwnerMark;
  readonly hashes: HashMode;
  /** Whether safe repairs are made. Nothing that users have stored is ever deleted. */
  readonly repair: boolean;
  readonly findings: Findings;
}

/** Examines one aspect of the hub. It never changes anything unless `repair` is set. */
export interface Check {
  readonly name: CheckName;
  /** Returns the number of examined items. Problems are added to the findings. */
  run(context: CheckContext): Promise<number>;
}

/** SQL for the name of a repository with the alias `r`, such as `model alice/kept`. */
export const REPOSITORY = `r.type || ' ' || r.namespace || '/' || r.name`;

/** Advice if rows are missing: nothing can be recreated. */
export const RESTORE = 'Restore the database from a backup.';

/**
 * Reads rows in pages by their key, so that tables of any size take the same memory.
 * @param read - reads the page after a row; `undefined` for the first
 */
export async function* inPages<Row>(
  read: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let last: Row | undefined;
  for (;;) {
    const page = await read(last);
    if (page.length === 0) return;
    yield page;
    last = page.at(-1);
  }
}

/** Number of rows of a table. */
export async function countRows(database: DataSource, table: string): Promise<number> {
  const [row] = await database.query<{ count: string }[]>(`SELECT count(*) FROM ${table}`);
  return Number(row!.count);
}
