import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { NULLABLE_BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

/**
 * Content that the blob store has or is about to have; every stored content has a row. Writers touch the row before they rely on the
 * content; the collector only deletes rows that have not been touched recently (see `ContentReferences`).
 */
@Entity('contents')
@Index('ix_contents_unsized', ['sha256'], { where: 'size IS NULL' })
export class ContentEntity {
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_contents' })
  sha256: string;

  @Index('ix_contents_touched_at')
  @Column('timestamptz', { name: 'touched_at' })
  touchedAt: Date;

  /** Size in bytes. Null until it is known: the collector looks up sizes that writers have not noted. */
  @Column('bigint', { nullable: true, transformer: NULLABLE_BIGINT_AS_NUMBER })
  size: number | null;
}
