import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { HeldContentEntity } from './held-content.entity.js';

/** A name of a cached file. Files with the same content may belong to several repositories and commits. */
@Entity('held_files')
@Index('ix_held_files_repo', ['repo', 'repoType'])
export class HeldFileEntity {
  @PrimaryColumn('uuid', { name: 'content_id', primaryKeyConstraintName: 'pk_held_files' })
  @ForeignKey(() => HeldContentEntity, { name: 'fk_held_files_content', onDelete: 'CASCADE' })
  contentId: string;

  /** SHA-256 of repository, commit and path. */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_held_files' })
  key: string;

  @Column('varchar', { name: 'repo_type', length: 16 })
  repoType: string;

  /** Full name, such as `org/model`. */
  @Column('varchar', { length: 200 })
  repo: string;

  @Column('varchar', { length: 40 })
  commit: string;

  /** The revision of the request that read the file first. */
  @Column('varchar', { length: 300 })
  revision: string;

  @Column('text')
  path: string;
}
