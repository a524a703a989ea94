import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { UNREFERENCED } from './unreferenced-content.store.js';

/** How much content there is. */
export interface StorageUsage {
  /** Different contents in the store. */
  contents: number;
  /** Bytes of the files of all repositories, the same content counted once. */
  bytes: number;
  /** The same, counted for every repository that has it. */
  referenced_bytes: number;
  /** Contents that nothing needs any more: they go a day after they were last touched. */
  unneeded: number;
}

/** Files' contents, with the repository that holds them where that counts. */
const held = (columns: string): string =>
  `SELECT coalesce(sum(size), 0) FROM (SELECT ${columns} FROM blobs UNION SELECT ${columns} FROM lfs_objects) AS held`;

const FIGURES = `
  SELECT (SELECT count(*) FROM contents) AS contents,
    (${held('sha256, size')}) AS bytes,
    (${held('repository_id, sha256, size')}) AS referenced_bytes,
    (SELECT count(*) FROM contents WHERE ${UNREFERENCED}) AS unneeded`;

/** Reads how much the store holds: every row is looked at, so it is for people, not for rounds. */
@Injectable()
export class StorageUsageStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async read(): Promise<StorageUsage> {
    const [row] = await this.database.query<[Record<keyof StorageUsage, string>]>(FIGURES);
    return {
      contents: Number(row.contents),
      bytes: Number(row.bytes),
      referenced_bytes: Number(row.referenced_bytes),
      unneeded: Number(row.unneeded),
    };
  }
}
