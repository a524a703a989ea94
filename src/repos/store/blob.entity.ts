import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { RepoEntity } from './repo.entity.js';

/** What stands behind a file's git id: where its bytes are, and how many. */
@Entity('blobs')
export class BlobEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_blobs' })
  @ForeignKey(() => RepoEntity, { name: 'fk_blobs_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** Git's id; for a large file that of its pointer. */
  @PrimaryColumn('varchar', { length: 40, primaryKeyConstraintName: 'pk_blobs' })
  oid: string;

  /** Of the content, under which the blob store keeps it. */
  @Index('ix_blobs_sha256')
  @Column('varchar', { length: 64 })
  sha256: string;

  /** Bytes of the content. */
  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  /** Is it a large file, so that git has but its pointer? */
  @Column('boolean')
  lfs: boolean;
}
