import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A repository of which a ref has let go of commits: some of its history may have been lost, and is to be looked for. */
@Entity('history_cuts')
export class HistoryCutEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_history_cuts' })
  @ForeignKey(() => RepoEntity, { name: 'fk_history_cuts_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** Grows with every ref that lets go, and whenever commits are deleted: who has dealt with it must have seen the last of them. */
  @Column('integer', { default: 1 })
  changes: number;

  /** Commits were deleted whose trees and blobs may still be here. */
  @Column('boolean', { default: false })
  unswept: boolean;
}
