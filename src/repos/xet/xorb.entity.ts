import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AccountEntity } from '../../users/account.entity.js';

/**
 * A xorb that somebody has uploaded. Each account has its own: its hash is the client's claim, and one account's false claim must not
 * stand in another's way.
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

  /** Its bytes in the blob store, behind the salt; null once the contents of all its chunks lie in large files. */
  @Index('ix_xet_xorbs_sha256')
  @Column('varchar', { length: 64, nullable: true })
  sha256: string | null;

  /** The headers of its chunks, eight bytes each. */
  @Column('bytea')
  chunks: Buffer;

  /** When a client was last told that this hub has it, or has said so itself. */
  @Index('ix_xet_xorbs_renewed_at')
  @Column('timestamptz', { name: 'renewed_at' })
  renewedAt: Date;
}
