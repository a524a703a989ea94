import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { XorbEntity } from './xorb.entity.js';

/** Chunks of a xorb whose contents lie, one after the other, in a large file. */
@Entity('xet_runs')
export class ChunkRunEntity {
  @PrimaryColumn('integer', { name: 'xorb_id', primaryKeyConstraintName: 'pk_xet_runs' })
  @ForeignKey(() => XorbEntity, { name: 'fk_xet_runs_xorb', onDelete: 'CASCADE' })
  xorbId: number;

  @PrimaryColumn('integer', { name: 'first_chunk', primaryKeyConstraintName: 'pk_xet_runs' })
  first: number;

  /** Index behind the last chunk. */
  @PrimaryColumn('integer', { name: 'end_chunk', primaryKeyConstraintName: 'pk_xet_runs' })
  end: number;

  /** The large file. */
  @Index('ix_xet_runs_sha256')
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_xet_runs' })
  sha256: string;

  /** Where in the file the first chunk begins. */
  @Column('bigint', { name: 'byte_offset', transformer: BIGINT_AS_NUMBER })
  offset: number;
}
