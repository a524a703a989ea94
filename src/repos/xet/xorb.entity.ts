import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { AccountEntity } from '../../users/account.entity.js';

/**
 * A xorb that an account has uploaded. Its hash is calculated by the client and not verified, so it is unique per account only: a wrong
 * hash of one account cannot block the uploads of others.
 */
@Entity('xet_xorbs')
@Index('uq_xet_xorbs_hash_account', ['hash', 'accountId'], { unique: true })
export class XorbEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_xet_xorbs' })
  id: number;

  @Column('varchar', { length: 64 })
  hash: string;

  @Index('ix_xet_xorbs_account')
  @ForeignKey(() => AccountEntity, { name: 'fk_xet_xorbs_account', onDelete: 'CASCADE' })
  @Column('integer', { name: 'account_id' })
  accountId: number;

  /** Owner of the repository that it was uploaded to, whose quota its stored bytes use; null for xorbs of earlier versions. */
  @Index('ix_xet_xorbs_owner')
  @ForeignKey(() => AccountEntity, { name: 'fk_xet_xorbs_owner', onDelete: 'SET NULL' })
  @Column('integer', { name: 'owner_id', nullable: true })
  ownerId: number | null;

  /** Number of its stored bytes. */
  @Column('bigint', { name: 'stored_bytes', default: 0, transformer: BIGINT_AS_NUMBER })
  storedBytes: number;

  /** Hash of its salted bytes in the blob store; null once all its chunks are stored in large files. */
  @Index('ix_xet_xorbs_sha256')
  @Column('varchar', { length: 64, nullable: true })
  sha256: string | null;

  /** The headers of its chunks, eight bytes each. */
  @Column('bytea')
  chunks: Buffer;

  /** When a client last uploaded it or referred to it. */
  @Index('ix_xet_xorbs_renewed_at')
  @Column('timestamptz', { name: 'renewed_at' })
  renewedAt: Date;
}
