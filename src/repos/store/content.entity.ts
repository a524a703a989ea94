import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Content that the blob store has, or is about to have: nothing is put there without its line here. Who is about to rely on content
 * touches its line first; the collector takes only lines that nobody has touched for long (see `ContentReferences`).
 */
@Entity('contents')
export class ContentEntity {
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_contents' })
  sha256: string;

  @Index('ix_contents_touched_at')
  @Column('timestamptz', { name: 'touched_at' })
  touchedAt: Date;
}
