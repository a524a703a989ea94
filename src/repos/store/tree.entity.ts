import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A folder's content as git's own tree object. Kept per repository, so that knowing an id opens nobody else's. */
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
