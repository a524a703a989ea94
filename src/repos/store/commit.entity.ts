import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A commit: everything that git's own object says, in columns. But for `lostAt`, never changed once written. */
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

  /** How many commits there are up to this one, itself included: the first is 1. */
  @Column('integer')
  generation: number;

  /**
   * The line of history it stands on, by the id of that line's first commit. A child continues its parent's line; a second child of one
   * parent begins a line of its own. So the ancestors of a commit are a few spans of lines, found without walking the history.
   */
  @Column('varchar', { length: 40 })
  line: string;

  @Column('text', { name: 'author_name' })
  authorName: string;

  @Column('text', { name: 'author_email' })
  authorEmail: string;

  /** In whole seconds, as git keeps it. */
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('text')
  title: string;

  @Column('text')
  description: string;

  /** Since when it is known that no ref leads here any more. */
  @Column('timestamptz', { name: 'lost_at', nullable: true, select: false })
  lostAt?: Date | null;
}
