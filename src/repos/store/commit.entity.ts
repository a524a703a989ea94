import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A commit, with all fields of git's commit object as columns. Immutable except for `lostAt`. */
@Entity('commits')
@Unique('uq_commits_line', ['repositoryId', 'line', 'generation'])
@Index('ix_commits_lost', ['repositoryId'], { where: 'lost_at IS NOT NULL' })
export class CommitEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_commits' })
  @ForeignKey(() => RepoEntity, { name: 'fk_commits_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @PrimaryColumn('varchar', { length: 40, primaryKeyConstraintName: 'pk_commits' })
  oid: string;

  @Column('varchar', { name: 'tree_oid', length: 40 })
  treeOid: string;

  @Column('varchar', { name: 'parent_oid', length: 40, nullable: true })
  parentOid: string | null;

  /** Number of commits from the first one to this one, inclusive; the first commit has 1. */
  @Column('integer')
  generation: number;

  /**
   * Id of the first commit of this commit's line of history. The first child of a commit continues its parent's line, any further child
   * starts a new one. The ancestors of a commit are therefore a small number of line spans that can be found without walking the history.
   */
  @Column('varchar', { length: 40 })
  line: string;

  @Column('text', { name: 'author_name' })
  authorName: string;

  @Column('text', { name: 'author_email' })
  authorEmail: string;

  /** In whole seconds, as in git. */
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('text')
  title: string;

  @Column('text')
  description: string;

  /** When the commit was found to be unreachable from all refs. */
  @Column('timestamptz', { name: 'lost_at', nullable: true, select: false })
  lostAt?: Date | null;
}
