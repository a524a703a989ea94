import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { RepoType } from '../../domain/repo-id.js';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

export const PREFETCH_STATES = ['waiting', 'running', 'paused', 'succeeded', 'failed', 'canceled'] as const;
/** `waiting`: it runs at `nextRunAt`. */
export type PrefetchState = (typeof PREFETCH_STATES)[number];

/** A repository to cache, or the files of it that match a pattern. */
export interface PrefetchRepo {
  readonly type: RepoType;
  /** As `ns/name`. */
  readonly id: string;
  readonly revision: string;
  /** Patterns of paths; all files by default. */
  readonly files?: readonly string[] | undefined;
}

/** A job that fills the content cache. */
@Entity('prefetch_jobs')
@Index('ix_prefetch_jobs_next_run', ['state', 'nextRunAt'])
export class PrefetchJobEntity {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'pk_prefetch_jobs' })
  id: number;

  @Column('varchar', { length: 16, default: 'waiting' })
  state: PrefetchState;

  /** Network address of the administrator. */
  @Column('varchar', { name: 'started_by', length: 64 })
  startedBy: string;

  @Column('jsonb')
  repos: readonly PrefetchRepo[];

  /** A cron expression, in UTC. */
  @Column('varchar', { length: 100, nullable: true })
  schedule: string | null;

  @Column('integer', { name: 'max_bytes_per_second', nullable: true })
  maxBytesPerSecond: number | null;

  @Column('timestamptz', { name: 'next_run_at', default: () => 'now()' })
  nextRunAt: Date;

  /** Whether the files of this run are known, and its revisions are pinned. */
  @Column('boolean', { name: 'is_planned', default: false })
  isPlanned: boolean;

  /** The process that runs the job. */
  @Column('uuid', { nullable: true })
  owner: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  /** Number of consecutive failures of sources to respond. */
  @Column('integer', { default: 0 })
  attempts: number;

  @Column('integer', { name: 'files_total', default: 0 })
  filesTotal: number;

  @Column('integer', { name: 'files_done', default: 0 })
  filesDone: number;

  @Column('integer', { name: 'files_failed', default: 0 })
  filesFailed: number;

  @Column('bigint', { name: 'bytes_total', default: 0, transformer: BIGINT_AS_NUMBER })
  bytesTotal: number;

  @Column('bigint', { name: 'bytes_done', default: 0, transformer: BIGINT_AS_NUMBER })
  bytesDone: number;

  /** Bytes of the files that are being cached now. */
  @Column('bigint', { name: 'bytes_current', default: 0, transformer: BIGINT_AS_NUMBER })
  bytesCurrent: number;

  /** Paths of the files that are being cached now. */
  @Column('jsonb', { name: 'current_files', default: () => `'[]'` })
  currentFiles: readonly string[];

  /** The reason for waiting, or of the failure. */
  @Column('text', { nullable: true })
  message: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt: Date | null;

  /** End of the last run. */
  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;
}
