import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** "This commit made this file or folder what it is": written with the commit, so that nobody has to search the history for it. */
@Entity('entry_changes')
export class EntryChangeEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_entry_changes' })
  @ForeignKey(() => RepoEntity, { name: 'fk_entry_changes_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_entry_changes' })
  path: string;

  /** The commit's. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'pk_entry_changes' })
  generation: number;

  @PrimaryColumn('varchar', { name: 'commit_oid', length: 40, primaryKeyConstraintName: 'pk_entry_changes' })
  commitOid: string;
}
