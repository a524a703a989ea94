import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { RepoType } from '../../domain/repo-id.js';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { PrefetchJobEntity } from './prefetch-job.entity.js';

export type PrefetchFileState = 'pending' | 'done' | 'failed';

/** A file of a prefetch job. A repository that could not be read has one without a path. */
@Entity('prefetch_files')
@Index('ix_prefetch_files_state', ['jobId', 'state', 'attempts', 'number'])
export class PrefetchFileEntity {
  @PrimaryColumn('integer', { name: 'job_id', primaryKeyConstraintName: 'pk_prefetch_files' })
  jobId: number;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'pk_prefetch_files' })
  number: number;

  @ManyToOne(() => PrefetchJobEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'job_id', foreignKeyConstraintName: 'fk_prefetch_files_job' })
  job: PrefetchJobEntity;

  @Column('varchar', { name: 'repo_type', length: 16 })
  repoType: RepoType;

  @Column('varchar', { name: 'repo_id', length: 200 })
  repoId: string;

  /** The commit that the revision pointed to when the run began. */
  @Column('varchar', { length: 64 })
  commit: string;

  @Column('text')
  path: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  @Column('varchar', { length: 8, default: 'pending' })
  state: PrefetchFileState;

  @Column('integer', { default: 0 })
  attempts: number;

  @Column('text', { nullable: true })
  error: string | null;
}
