import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

/** Figures of the content cache in a minute, for all replicas together. */
@Entity('content_cache_minutes')
export class ContentCacheMinuteEntity {
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'pk_content_cache_minutes' })
  minute: Date;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  hits: number;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  fills: number;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  misses: number;

  @Column('bigint', { name: 'served_bytes', transformer: BIGINT_AS_NUMBER })
  servedBytes: number;

  @Column('bigint', { name: 'source_bytes', transformer: BIGINT_AS_NUMBER })
  sourceBytes: number;
}
