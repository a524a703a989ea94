import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { RepoType } from '../../domain/repo-id.js';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { RepoEntity } from './repo.entity.js';

/** Size of a repository in all revisions, maintained by triggers (ADR 34). Not a column of `repositories`, whose rows have many indexes. */
@Entity('repository_sizes')
@Index('ix_repository_sizes_by_bytes', { synchronize: false })
export class RepositorySizeEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_repository_sizes' })
  @ForeignKey(() => RepoEntity, { name: 'fk_repository_sizes_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** Type of the repository, for the index. */
  @Column('varchar', { length: 16 })
  type: RepoType;

  /** Bytes of its files, counting identical content once. Uploaded files count even if they are not committed yet. */
  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  bytes: number;
}

/** A change in the size of a repository, until the end of the transaction that makes it. */
@Entity('repository_size_changes')
export class RepositorySizeChangeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'pk_repository_size_changes',
  })
  id: string;

  @Column('integer', { name: 'repository_id' })
  repositoryId: number;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  bytes: number;
}
