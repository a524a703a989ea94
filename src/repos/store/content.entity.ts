import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Content that the blob store has or is about to have; every stored content has a row. Writers touch the row before they rely on the
 * content; the collector only deletes rows that have not been touched recently (see `ContentReferences`).
 */
@Entity('contents')
export class ContentEntity {
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_contents' })
  sha256: string;

  @Index('ix_contents_touched_at')
  @Column('timestamptz', { name: 'touched_at' })
  touchedAt: Date;
}
