import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** Marks a repository in which a ref was moved or deleted, so that commits may have become unreachable. */
@Entity('history_cuts')
export class HistoryCutEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_history_cuts' })
  @ForeignKey(() => RepoEntity, { name: 'fk_history_cuts_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /**
   * Incremented with every moved or deleted ref and every pruning. The row may only be deleted if the value has not changed since pruning
   * started.
   */
  @Column('integer', { default: 1 })
  changes: number;

  /** True if commits were deleted but their trees and blobs may still exist. */
  @Column('boolean', { default: false })
  unswept: boolean;
}
