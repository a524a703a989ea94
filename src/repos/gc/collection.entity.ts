import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

export const COLLECTION_STATES = ['running', 'succeeded', 'failed', 'interrupted'] as const;
/** `interrupted`: the replica that ran it was stopped. */
export type CollectionState = (typeof COLLECTION_STATES)[number];

export const COLLECTION_TRIGGERS = ['schedule', 'administrator'] as const;
export type CollectionTrigger = (typeof COLLECTION_TRIGGERS)[number];

export const COLLECTION_STEPS = ['uploads', 'history', 'store', 'contents'] as const;
/** A step of the collector: it deletes unfinished uploads, then unreachable history, lists the store, and deletes unreferenced contents. */
export type CollectionStep = (typeof COLLECTION_STEPS)[number];

/** How far a collection is. */
export interface CollectionProgress {
  readonly step: CollectionStep;
  /** Number of contents that were examined. */
  readonly examined: number;
  /** Number of contents when they began to be examined. */
  readonly total: number;
  /** Number of examined contents that are unreferenced and stay, because they were used in the last day. */
  readonly unreferenced: number;
  /** Number of deleted contents. */
  readonly deleted: number;
  readonly freedBytes: number;
}

/** A run of the garbage collector. */
@Entity('collections')
@Index('uq_collections_running', ['state'], { unique: true, where: `state = 'running'` })
export class CollectionEntity implements CollectionProgress {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'pk_collections' })
  id: number;

  @Column('varchar', { length: 16 })
  state: CollectionState;

  @Column('varchar', { length: 16 })
  trigger: CollectionTrigger;

  @Column('timestamptz', { name: 'started_at', default: () => 'now()' })
  startedAt: Date;

  /** When the replica that runs it last reported its progress. */
  @Column('timestamptz', { name: 'reported_at', default: () => 'now()' })
  reportedAt: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column('varchar', { length: 16 })
  step: CollectionStep;

  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  examined: number;

  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  total: number;

  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  unreferenced: number;

  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  deleted: number;

  @Column('bigint', { name: 'freed_bytes', default: 0, transformer: BIGINT_AS_NUMBER })
  freedBytes: number;

  /** The reason of a failure. */
  @Column('text', { nullable: true })
  error: string | null;
}
