import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { RepoEntity } from './repo.entity.js';

/** An upload of an LFS object directly to the object store. It becomes an LFS object only after the hub has verified its content. */
@Entity('direct_uploads')
@Index('ix_direct_uploads_repository_oid', ['repositoryId', 'oid'])
export class DirectUploadEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_direct_uploads' })
  id: string;

  @Column('integer', { name: 'repository_id' })
  @ForeignKey(() => RepoEntity, { name: 'fk_direct_uploads_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** Expected SHA-256 of the content. */
  @Column('varchar', { length: 64 })
  oid: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  /** Temporary key in the object store. */
  @Column('text')
  key: string;

  /** Upload id of the object store. */
  @Column('text', { name: 'upload_id' })
  uploadId: string;

  @Index('ix_direct_uploads_begun_at')
  @CreateDateColumn({ name: 'begun_at', type: 'timestamptz', default: () => 'now()' })
  startedAt: Date;
}
