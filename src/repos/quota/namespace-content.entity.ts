import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

/**
 * A content that repositories of an account use. Maintained by triggers on `blobs`, `lfs_objects` and `repositories` only (ADR 31). It does not
 * protect the content from the collector: the rows that it counts do.
 */
@Entity('namespace_contents')
@Index('ix_namespace_contents_size', ['accountId', 'size'])
export class NamespaceContentEntity {
  @PrimaryColumn('integer', { name: 'account_id', primaryKeyConstraintName: 'pk_namespace_contents' })
  accountId: number;

  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_namespace_contents' })
  sha256: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  size: number;

  /** Number of rows of `blobs` and `lfs_objects` with this content. */
  @Column('integer')
  uses: number;
}
