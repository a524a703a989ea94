import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

/**
 * By how much a number has changed; its value is the sum. Triggers add rows in the transaction of each change (ADR 34). Rows are only added, so that
 * transactions do not wait for each other, and are added up now and then.
 */
@Entity('sum_changes')
export class SumChangeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'pk_sum_changes',
  })
  id: string;

  /** See `SumStore`. */
  @Column('varchar', { length: 64 })
  @Index('ix_sum_changes_key')
  key: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  amount: number;
}
