import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A former name of a repository that was renamed. */
@Entity('repository_aliases')
export class RepoAliasEntity {
  @PrimaryColumn('varchar', {
    name: 'lookup_key',
    length: 220,
    primaryKeyConstraintName: 'pk_repository_aliases',
  })
  lookupKey: string;

  @Index('ix_repository_aliases_repository')
  @Column('integer', { name: 'repository_id' })
  @ForeignKey(() => RepoEntity, { name: 'fk_repository_aliases_repository', onDelete: 'CASCADE' })
  repositoryId: number;
}
