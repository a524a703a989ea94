import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { RepoType } from '../../domain/repo-id.js';
import type { JobClaim } from './prefetch-job.store.js';

const BATCH = 1000;
const LISTED_ERRORS = 100;

/** A file of a run, or a repository that could not be read: then `path` is empty. */
export interface RunFile {
  readonly repoType: RepoType;
  readonly repoId: string;
  readonly commit: string;
  readonly path: string;
  readonly size: number;
  readonly error?: string | undefined;
}

/** A file that is to be cached. */
export interface PendingFile extends RunFile {
  readonly number: number;
  readonly attempts: number;
}

/** A file that could not be cached. */
export interface FailedFile {
  readonly repoType: RepoType;
  readonly repoId: string;
  readonly path: string;
  readonly error: string;
}

const RUNNING = `EXISTS (SELECT FROM prefetch_jobs WHERE id = $1 AND owner = $2 AND state = 'running')`;

/** The files of prefetch jobs, and how far they are. */
@Injectable()
export class PrefetchFileStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Stores the files of a run, in one transaction. Returns false if the process no longer has the job. */
  replace({ id, owner }: JobClaim, files: readonly RunFile[]): Promise<boolean> {
    const failed = files.filter(({ error }) => error !== undefined).length;
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return this.database.transaction(async (m) => {
      const [, updated] = await m.query<[unknown, number]>(
        `UPDATE prefetch_jobs SET is_planned = true, attempts = 0, files_total = $3, files_failed = $4, files_done = 0,
           bytes_total = $5, bytes_done = 0 WHERE id = $1 AND owner = $2 AND state = 'running'`,
        [id, owner, files.length, failed, bytes],
      );
      if (updated === 0) return false;
      await m.query('DELETE FROM prefetch_files WHERE job_id = $1', [id]);
      for (let at = 0; at < files.length; at += BATCH) {
        const rows = files.slice(at, at + BATCH);
        await m.query(
          `INSERT INTO prefetch_files (job_id, number, repo_type, repo_id, commit, path, size, error, state)
           SELECT $1, $2 + row_number() OVER (), f.*, CASE WHEN f.error IS NULL THEN 'pending' ELSE 'failed' END
           FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
             AS f (repo_type, repo_id, commit, path, size, error)`,
          [id, at, ...columnsOf(rows)],
        );
      }
      return true;
    });
  }

  /** Files that are to be cached, those that have failed before last. */
  async pending(id: number, limit: number): Promise<PendingFile[]> {
    return this.database.query<PendingFile[]>(
      `SELECT number, repo_type AS "repoType", repo_id AS "repoId", commit, path, size::float8 AS size, attempts
       FROM prefetch_files WHERE job_id = $1 AND state = 'pending' ORDER BY attempts, number LIMIT $2`,
      [id, limit],
    );
  }

  /** Marks a file as cached, or as failed permanently. */
  async finish(claim: JobClaim, { number, size }: PendingFile, error?: string): Promise<void> {
    await this.database.transaction(async (m) => {
      const [, changed] = await m.query<[unknown, number]>(
        `UPDATE prefetch_files SET state = $4, error = $5 WHERE job_id = $1 AND number = $3 AND state = 'pending' AND ${RUNNING}`,
        [claim.id, claim.owner, number, error === undefined ? 'done' : 'failed', error ?? null],
      );
      if (changed === 0) return;
      await m.query(
        `UPDATE prefetch_jobs SET files_done = files_done + $2, bytes_done = bytes_done + $3, files_failed = files_failed + $4
         WHERE id = $1`,
        error === undefined ? [claim.id, 1, size, 0] : [claim.id, 0, 0, 1],
      );
    });
  }

  /** Counts a failed attempt. The file is tried again. */
  async postpone({ id }: JobClaim, { number }: PendingFile, error: string): Promise<void> {
    await this.database.query(
      'UPDATE prefetch_files SET attempts = attempts + 1, error = $3 WHERE job_id = $1 AND number = $2',
      [id, number, error],
    );
  }

  /** The first files that could not be cached. */
  failed(id: number): Promise<FailedFile[]> {
    return this.database.query<FailedFile[]>(
      `SELECT repo_type AS "repoType", repo_id AS "repoId", path, error FROM prefetch_files
       WHERE job_id = $1 AND state = 'failed' ORDER BY number LIMIT ${LISTED_ERRORS}`,
      [id],
    );
  }
}

const columnsOf = (rows: readonly RunFile[]): readonly unknown[][] => [
  rows.map(({ repoType }) => repoType),
  rows.map(({ repoId }) => repoId),
  rows.map(({ commit }) => commit),
  rows.map(({ path }) => path),
  rows.map(({ size }) => size),
  rows.map(({ error }) => error ?? null),
];
