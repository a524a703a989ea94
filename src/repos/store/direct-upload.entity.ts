import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { RepoEntity } from './repo.entity.js';

/** An upload of a large file that goes straight from a client to the store: nobody's content until the hub has read it. */
@Entity('direct_uploads')
@Index('ix_direct_uploads_repository_oid', ['repositoryId', 'oid'])
export class DirectUploadEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_direct_uploads' })
  id: string;

  @Column('integer', { name: 'repository_id' })
  @ForeignKey(() => RepoEntity, { name: 'fk_direct_uploads_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** The SHA-256 that its content is to have. */
  @Column('varchar', { length: 64 })
  oid: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  /** Where the store puts it. */
  @Column('text')
  key: string;

  /** The store's name for it. */
  @Column('text', { name: 'upload_id' })
  uploadId: string;

  @Index('ix_direct_uploads_begun_at')
  @CreateDateColumn({ name: 'begun_at', type: 'timestamptz', default: () => 'now()' })
  begunAt: Date;
}
