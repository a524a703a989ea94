import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { AccountEntity } from '../../users/account.entity.js';

/** Space of an account's quota for an upload that has been accepted and has not arrived yet. Deleted by a trigger when it arrives. */
@Entity('upload_reservations')
export class UploadReservationEntity {
  @PrimaryColumn('integer', { name: 'account_id', primaryKeyConstraintName: 'pk_upload_reservations' })
  @ForeignKey(() => AccountEntity, { name: 'fk_upload_reservations_account', onDelete: 'CASCADE' })
  accountId: number;

  /** SHA-256 of the content, `xorb:` and the hash of a xorb, or `commit:` and a random id. */
  @PrimaryColumn('varchar', { length: 100, primaryKeyConstraintName: 'pk_upload_reservations' })
  key: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  bytes: number;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
