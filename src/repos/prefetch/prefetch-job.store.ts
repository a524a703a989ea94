import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, type EntityManager, Repository } from 'typeorm';
import { PrefetchJobEntity, type PrefetchRepo } from './prefetch-job.entity.js';

/** A process that has not renewed its lease for this time was killed, or cannot reach the database: another one continues its job. */
export const LEASE_SECONDS = 15;
const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;
const KEPT_JOBS = 200;
const ENDED = `('succeeded', 'failed', 'canceled')`;

/** A prefetch job of any replica. */
export type PrefetchJob = PrefetchJobEntity;

export interface NewPrefetchJob {
  readonly repos: readonly PrefetchRepo[];
  readonly schedule: string | null;
  readonly maxBytesPerSecond: number | null;
  readonly nextRunAt: Date;
  readonly startedBy: string;
}

/** The progress of a running job. */
export interface PrefetchProgress {
  readonly bytes: number;
  readonly files: readonly string[];
}

/** Identifies a job that a process runs. */
export interface JobClaim {
  readonly id: number;
  readonly owner: string;
}

/** The end of a run. */
export interface RunEnd {
  readonly state: 'succeeded' | 'failed' | 'waiting';
  /** When a job that waits runs again. */
  readonly nextRunAt?: Date | undefined;
  /** Whether that is another run of its schedule, and not the rest of this one. */
  readonly isNewRun?: boolean | undefined;
  readonly message?: string | undefined;
  readonly attempts?: number | undefined;
}

/** Prefetch jobs of all replicas. Each runs on one of them at a time. */
@Injectable()
export class PrefetchJobStore {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @InjectRepository(PrefetchJobEntity) private readonly jobs: Repository<PrefetchJobEntity>,
  ) {}

  async add(m: EntityManager, job: NewPrefetchJob): Promise<PrefetchJob> {
    const saved = await m.save(m.create(PrefetchJobEntity, { ...job, repos: [...job.repos] }));
    await m.query(
      `DELETE FROM prefetch_jobs WHERE state IN ${ENDED} AND id <= (SELECT max(id) FROM prefetch_jobs) - ${KEPT_JOBS}`,
    );
    return m.findOneByOrFail(PrefetchJobEntity, { id: saved.id });
  }

  /** Newest first. */
  list(limit: number): Promise<PrefetchJob[]> {
    return this.jobs.find({ order: { id: 'DESC' }, take: limit });
  }

  async byId(id: number): Promise<PrefetchJob | undefined> {
    return (await this.jobs.findOneBy({ id })) ?? undefined;
  }

  /** Takes a job that is due, or whose process has ended. */
  async claim(owner: string): Promise<PrefetchJob | undefined> {
    const [[row]] = await this.database.query<[({ id: number } | undefined)[], number]>(
      `UPDATE prefetch_jobs SET state = 'running', owner = $1, lease_until = ${LEASE}, message = NULL,
         started_at = CASE WHEN is_planned THEN started_at ELSE now() END
       WHERE id = (
         SELECT id FROM prefetch_jobs
         WHERE (state = 'waiting' AND next_run_at <= now()) OR (state = 'running' AND lease_until <= now())
         ORDER BY next_run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [owner],
    );
    return row && this.byId(row.id);
  }

  /** Renews a claim and stores the progress. Returns false if the job was paused or canceled, or was given to another process. */
  async renew({ id, owner }: JobClaim, { bytes, files }: PrefetchProgress): Promise<boolean> {
    const [, renewed] = await this.database.query<[unknown, number]>(
      `UPDATE prefetch_jobs SET lease_until = ${LEASE}, bytes_current = $3, current_files = $4
       WHERE id = $1 AND owner = $2 AND state = 'running'`,
      [id, owner, bytes, JSON.stringify(files)],
    );
    return renewed > 0;
  }

  /** Ends a run, or pauses it until later. Does nothing if the process no longer has the claim. */
  async end({ id, owner }: JobClaim, { state, nextRunAt, isNewRun, message, attempts = 0 }: RunEnd): Promise<void> {
    await this.database.query(
      `UPDATE prefetch_jobs SET state = $3::varchar, owner = NULL, lease_until = NULL, bytes_current = 0, current_files = '[]',
         next_run_at = COALESCE($4::timestamptz, next_run_at), is_planned = is_planned AND NOT $5::boolean, message = $6, attempts = $7,
         finished_at = CASE WHEN $3::varchar <> 'waiting' OR $5::boolean THEN now() END
       WHERE id = $1 AND owner = $2 AND state = 'running'`,
      [id, owner, state, nextRunAt ?? null, isNewRun ?? false, message ?? null, attempts],
    );
  }

  /** Pauses a job that waits or runs. Returns false for other states. */
  pause(m: EntityManager, id: number): Promise<boolean> {
    return this.change(m, id, `state = 'paused', owner = NULL`, `('waiting', 'running')`);
  }

  /** Continues a job that was paused or has failed. Failed files are tried again. */
  async resume(m: EntityManager, id: number): Promise<boolean> {
    const set = `state = 'waiting', attempts = 0, message = NULL, finished_at = NULL, files_failed = 0,
      is_planned = is_planned AND NOT EXISTS (SELECT FROM prefetch_files WHERE job_id = $1 AND state = 'failed' AND path = ''),
      next_run_at = CASE WHEN state = 'paused' AND schedule IS NOT NULL AND NOT is_planned THEN next_run_at ELSE now() END`;
    if (!(await this.change(m, id, set, `('paused', 'failed')`))) return false;
    await m.query(
      `UPDATE prefetch_files SET state = 'pending', attempts = 0, error = NULL WHERE job_id = $1 AND state = 'failed' AND path <> ''`,
      [id],
    );
    return true;
  }

  /** Cancels a job that has not ended. The bytes of files that were not complete stay, since their blocks are cached. */
  cancel(m: EntityManager, id: number): Promise<boolean> {
    return this.change(
      m,
      id,
      `state = 'canceled', owner = NULL, finished_at = now(), current_files = '[]'`,
      `('waiting', 'running', 'paused')`,
    );
  }

  async remove(m: EntityManager, id: number): Promise<void> {
    await m.query(`DELETE FROM prefetch_jobs WHERE id = $1 AND state IN ${ENDED}`, [id]);
  }

  private async change(m: EntityManager, id: number, set: string, states: string): Promise<boolean> {
    const [, changed] = await m.query<[unknown, number]>(
      `UPDATE prefetch_jobs SET ${set} WHERE id = $1 AND state IN ${states}`,
      [id],
    );
    return changed > 0;
  }
}
