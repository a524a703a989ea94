import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

/** A reply of a source that is kept, or the commit of a revision of it. Times are Unix time in milliseconds. */
@Entity('kept_answers')
@Index('ix_kept_answers_repository', ['repository', 'sourceKey'])
export class KeptAnswerEntity {
  /** SHA-256 of the source with its credentials, the repository and the request. */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_kept_answers' })
  key: string;

  /** SHA-256 of the URL, the type and the credentials of the source. */
  @Column('varchar', { name: 'source_key', length: 64 })
  sourceKey: string;

  /** As `model:org/name`, in lower case; null for lists and accounts. */
  @Column('varchar', { length: 300, nullable: true })
  repository: string | null;

  /** The commit that the reply is about. */
  @Column('varchar', { length: 64, nullable: true })
  commit: string | null;

  /** Compressed JSON; null for an entry that only records times or a commit. */
  @Column('bytea', { nullable: true })
  body: Buffer | null;

  @Column('integer')
  bytes: number;

  /** When the source was last requested. */
  @Column('bigint', { name: 'checked_at', transformer: BIGINT_AS_NUMBER })
  checkedAt: number;

  /** When the source last failed to confirm it. */
  @Column('bigint', { name: 'failed_at', nullable: true, transformer: BIGINT_AS_NUMBER })
  failedAt: number | null;

  /** Until then, one replica checks it. */
  @Column('bigint', { name: 'lease_until', nullable: true, transformer: BIGINT_AS_NUMBER })
  leaseUntil: number | null;

  @Index('ix_kept_answers_read')
  @Column('bigint', { name: 'read_at', transformer: BIGINT_AS_NUMBER })
  readAt: number;
}
