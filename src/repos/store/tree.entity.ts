import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A folder as git's tree object. Stored per repository, so that knowing an id gives no access to other repositories' trees. */
@Entity('trees')
export class TreeEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_trees' })
  @ForeignKey(() => RepoEntity, { name: 'fk_trees_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @PrimaryColumn('varchar', { length: 40, primaryKeyConstraintName: 'pk_trees' })
  oid: string;

  @Column('bytea')
  body: Buffer;
}
