import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { lfsPointer } from '../store/lfs-pointer.js';
import { createHash } from 'node:crypto';

/** A large file of a repository. */
export interface StoredLfsFile {
  readonly sha256: string;
  readonly size: number;
  readonly pushedAt: Date;
}

/** The pointer of a large file, as git stores it. */
export interface LfsFilePointer {
  /** Git id. */
  readonly oid: string;
  readonly sha256: string;
}

/** A pointer's own text. */
export interface PointerText {
  readonly sha256: string;
  readonly content: Buffer;
}

/** Large files of a repository, and the pointers to them in its commits. */
@Injectable()
export class LfsFilesStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** A page of large files, sorted by hash. */
  async page(repositoryId: number, after: string, limit: number): Promise<StoredLfsFile[]> {
    const rows = await this.database.query<{ sha256: string; size: string; created_at: Date }[]>(
      `SELECT sha256, size, created_at FROM lfs_objects WHERE repository_id = $1 AND sha256 > $2 ORDER BY sha256 LIMIT $3`,
      [repositoryId, after, limit],
    );
    return rows.map(({ sha256, size, created_at: pushedAt }) => ({ sha256, size: Number(size), pushedAt }));
  }

  /** The pointers of committed large files. */
  pointers(repositoryId: number, hashes: readonly string[]): Promise<LfsFilePointer[]> {
    return this.database.query<LfsFilePointer[]>(
      'SELECT oid, sha256 FROM blobs WHERE repository_id = $1 AND lfs AND sha256 = ANY($2)',
      [repositoryId, hashes],
    );
  }

  /** Removes large files. Pointers to them, in commits that remain, become ordinary files with the text of the pointer, which has the same git id. */
  async remove(
    m: EntityManager,
    repositoryId: number,
    files: readonly Pick<StoredLfsFile, 'sha256' | 'size'>[],
  ): Promise<void> {
    const texts = files.map(({ sha256, size }) => pointerText(sha256, size));
    await m.query(
      `UPDATE blobs SET lfs = false, sha256 = text.sha256, size = text.size
       FROM unnest($2::text[], $3::text[], $4::integer[]) AS text (file, sha256, size)
       WHERE blobs.repository_id = $1 AND blobs.lfs AND blobs.sha256 = text.file`,
      [
        repositoryId,
        files.map(({ sha256 }) => sha256),
        texts.map(({ sha256 }) => sha256),
        texts.map(({ content }) => content.length),
      ],
    );
    await m.query('DELETE FROM lfs_objects WHERE repository_id = $1 AND sha256 = ANY($2)', [
      repositoryId,
      files.map(({ sha256 }) => sha256),
    ]);
  }
}

/** The text of the pointer to a large file. */
export function pointerText(sha256: string, size: number): PointerText {
  const content = Buffer.from(lfsPointer(sha256, size));
  return { sha256: createHash('sha256').update(content).digest('hex'), content };
}
