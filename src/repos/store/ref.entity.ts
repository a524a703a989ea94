import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A branch, tag or other ref, and the commit it points to. */
@Entity('refs')
export class RefEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_refs' })
  @ForeignKey(() => RepoEntity, { name: 'fk_refs_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** Full name, for example `refs/heads/main`. */
  @PrimaryColumn('varchar', { length: 300, primaryKeyConstraintName: 'pk_refs' })
  name: string;

  @Column('varchar', { name: 'commit_oid', length: 40 })
  commitOid: string;

  /** Id of the tag object; null for branches and lightweight tags. */
  @Column('varchar', { name: 'tag_oid', length: 40, nullable: true })
  tagOid?: string | null;

  /** The tag object, with its message and tagger. */
  @Column('bytea', { name: 'tag_body', nullable: true, select: false })
  tagBody?: Buffer | null;
}
