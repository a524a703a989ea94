import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { RepoEntity } from './repo.entity.js';

/** An LFS object that was uploaded to a repository and may be referenced by its commits. */
@Entity('lfs_objects')
export class LfsObjectEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_lfs_objects' })
  @ForeignKey(() => RepoEntity, { name: 'fk_lfs_objects_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @Index('ix_lfs_objects_sha256')
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_lfs_objects' })
  sha256: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
