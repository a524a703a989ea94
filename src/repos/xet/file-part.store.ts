import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import type { StoredPart } from './file-parts.js';
import { splitIntoBatches } from './split-into-batches.js';

const COLUMNS = 'byte_offset::float8 AS "offset", bytes::float8 AS bytes, xorb, first_chunk AS first, sizes';

/** Reads and writes the chunks of large files that were uploaded over Xet. */
@Injectable()
export class FilePartStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Adds the parts of a file, unless it has parts already: another upload may have other chunks. */
  async add(sha256: string, parts: readonly StoredPart[]): Promise<void> {
    await this.database.transaction(async (m) => {
      const [row] = await m.query<{ known: boolean }[]>(
        'SELECT EXISTS (SELECT FROM xet_parts WHERE content = $1) AS known FROM contents WHERE sha256 = $1 FOR UPDATE',
        [sha256],
      );
      if (!row || row.known) return;
      for (const batch of splitIntoBatches(parts)) {
        const column = (name: keyof StoredPart) => batch.map((part) => part[name]);
        await m.query(
          `INSERT INTO xet_parts (content, byte_offset, bytes, xorb, first_chunk, sizes)
           SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::integer[], $6::bytea[])
           ON CONFLICT DO NOTHING`,
          [sha256, column('offset'), column('bytes'), column('xorb'), column('first'), column('sizes')],
        );
      }
    });
  }

  /** The parts that have bytes of a range, in order, but not more than `limit`. */
  inRange(sha256: string, { start, end }: ByteRange, limit: number): Promise<StoredPart[]> {
    return this.database.query<StoredPart[]>(
      `SELECT ${COLUMNS} FROM xet_parts WHERE content = $1 AND byte_offset <= $3 AND byte_offset + bytes > $2
       ORDER BY byte_offset LIMIT $4`,
      [sha256, start, end, limit],
    );
  }

  /** The part that begins at an offset. */
  async at(sha256: string, offset: number): Promise<StoredPart | undefined> {
    const [found] = await this.database.query<StoredPart[]>(
      `SELECT ${COLUMNS} FROM xet_parts WHERE content = $1 AND byte_offset = $2`,
      [sha256, offset],
    );
    return found;
  }
}
