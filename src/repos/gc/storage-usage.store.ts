import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { UNREFERENCED } from './unreferenced-content.store.js';

/** Storage use of the hub. */
export interface StorageUsage {
  /** Number of distinct contents in the store. */
  contents: number;
  /** Bytes of all repositories' files, counting identical content once. */
  bytes: number;
  /** Bytes of all repositories' files, counting content once per repository. */
  referenced_bytes: number;
  /** Number of unreferenced contents. They are deleted a day after they were last touched. */
  unneeded: number;
}

/** Selects the total size of referenced content, distinct by the given columns. */
const referencedBytes = (columns: string): string =>
  `SELECT coalesce(sum(size), 0) FROM (SELECT ${columns} FROM blobs UNION SELECT ${columns} FROM lfs_objects) AS referenced`;

const QUERY = `
  SELECT (SELECT count(*) FROM contents) AS contents,
    (${referencedBytes('sha256, size')}) AS bytes,
    (${referencedBytes('repository_id, sha256, size')}) AS referenced_bytes,
    (SELECT count(*) FROM contents WHERE ${UNREFERENCED}) AS unneeded`;

/** Computes the storage use. Scans all rows, so it is meant for administrators, not for periodic jobs. */
@Injectable()
export class StorageUsageStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async read(): Promise<StorageUsage> {
    const [row] = await this.database.query<[Record<keyof StorageUsage, string>]>(QUERY);
    return {
      contents: Number(row.contents),
      bytes: Number(row.bytes),
      referenced_bytes: Number(row.referenced_bytes),
      unneeded: Number(row.unneeded),
    };
  }
}
