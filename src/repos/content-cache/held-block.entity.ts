import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { HeldContentEntity } from './held-content.entity.js';

/** A stored block of a file that is not complete. */
@Entity('held_blocks')
export class HeldBlockEntity {
  @PrimaryColumn('uuid', { name: 'content_id', primaryKeyConstraintName: 'pk_held_blocks' })
  @ForeignKey(() => HeldContentEntity, { name: 'fk_held_blocks_content', onDelete: 'CASCADE' })
  contentId: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'pk_held_blocks' })
  index: number;

  /** CRC-32 (or the SHA-256, by earlier releases), which detects blocks that a power failure has damaged. */
  @Column('varchar', { length: 64 })
  digest: string;
}
