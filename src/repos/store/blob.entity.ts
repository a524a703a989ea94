import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { RepoEntity } from './repo.entity.js';

/** Maps the git id of a file to the location and size of its content. */
@Entity('blobs')
export class BlobEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_blobs' })
  @ForeignKey(() => RepoEntity, { name: 'fk_blobs_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** Git blob id; for an LFS object, the id of its pointer. */
  @PrimaryColumn('varchar', { length: 40, primaryKeyConstraintName: 'pk_blobs' })
  oid: string;

  /** SHA-256 of the content and key in the blob store. */
  @Index('ix_blobs_sha256')
  @Column('varchar', { length: 64 })
  sha256: string;

  /** Size of the content in bytes. */
  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  /** True for an LFS object, of which git only has the pointer. */
  @Column('boolean')
  lfs: boolean;
}
