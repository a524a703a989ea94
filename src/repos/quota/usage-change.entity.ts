import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { AccountEntity } from '../../users/account.entity.js';

/**
 * By how many bytes the use of an account has changed; the sum is its use. Rows are only added, so that concurrent transactions do not wait for
 * each other, and are added up now and then.
 */
@Entity('usage_changes')
export class UsageChangeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'pk_usage_changes',
  })
  id: string;

  @Column('integer', { name: 'account_id' })
  @Index('ix_usage_changes_account')
  @ForeignKey(() => AccountEntity, { name: 'fk_usage_changes_account', onDelete: 'CASCADE' })
  accountId: number;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  bytes: number;
}
