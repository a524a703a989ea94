import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

/** The sum of `held_contents.bytes`, in one row, so that the limit is exact with several replicas. */
@Entity('content_cache_usage')
export class ContentCacheUsageEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'pk_content_cache_usage' })
  id: number;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  bytes: number;
}
