import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

/**
 * A file of a source that is stored on this hub, completely or in part. It is identified by its source and the digest that the source reports, so that the same
 * file of several commits and repositories of a source is stored once, and no source can claim the files of another.
 */
@Entity('held_contents')
@Unique('uq_held_contents_file', ['sourceKey', 'etag', 'size'])
@Index('ix_held_contents_last_read', ['isPublished', 'lastReadAt'])
export class HeldContentEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_held_contents' })
  id: string;

  /** See `cacheKeyOf`. */
  @Column('varchar', { name: 'source_key', length: 64 })
  sourceKey: string;

  /** The SHA-256 of a large file, or the git id of another one. */
  @Column('varchar', { length: 64 })
  etag: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  /** Bytes of the stored blocks, which count for the limit. */
  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  bytes: number;

  /** Set once the whole file is verified. From then on it is a reference to the content (`CONTENT_REFERENCE_TABLES`). */
  @Index('ix_held_contents_sha256')
  @Column('varchar', { length: 64, nullable: true })
  sha256: string | null;

  /** Whether the file is a blob. Before that, it is read from its blocks. */
  @Column('boolean', { name: 'is_published', default: false })
  isPublished: boolean;

  @Column('varchar', { name: 'content_type', length: 255, nullable: true })
  contentType: string | null;

  /** Whether a pin keeps the file: it is not removed to free space. */
  @Column('boolean', { name: 'is_pinned', default: false })
  isPinned: boolean;

  /** The process that fills the file. */
  @Column('uuid', { nullable: true })
  owner: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  @Column('timestamptz', { name: 'last_read_at', default: () => 'now()' })
  lastReadAt: Date;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
