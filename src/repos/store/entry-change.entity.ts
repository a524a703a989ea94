import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/**
 * Records that a commit changed a file or folder. Written with the commit, so that the last change of a path is found without searching the
 * history.
 */
@Entity('entry_changes')
export class EntryChangeEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_entry_changes' })
  @ForeignKey(() => RepoEntity, { name: 'fk_entry_changes_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_entry_changes' })
  path: string;

  /** Generation of the commit. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'pk_entry_changes' })
  generation: number;

  @PrimaryColumn('varchar', { name: 'commit_oid', length: 40, primaryKeyConstraintName: 'pk_entry_changes' })
  commitOid: string;
}
