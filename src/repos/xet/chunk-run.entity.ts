import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { XorbEntity } from './xorb.entity.js';

/** A run of consecutive chunks of a xorb whose contents are a part of a large file. */
@Entity('xet_runs')
export class ChunkRunEntity {
  @PrimaryColumn('integer', { name: 'xorb_id', primaryKeyConstraintName: 'pk_xet_runs' })
  @ForeignKey(() => XorbEntity, { name: 'fk_xet_runs_xorb', onDelete: 'CASCADE' })
  xorbId: number;

  @PrimaryColumn('integer', { name: 'first_chunk', primaryKeyConstraintName: 'pk_xet_runs' })
  first: number;

  /** Index after the last chunk. */
  @PrimaryColumn('integer', { name: 'end_chunk', primaryKeyConstraintName: 'pk_xet_runs' })
  end: number;

  /** Hash of the large file. */
  @Index('ix_xet_runs_sha256')
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_xet_runs' })
  sha256: string;

  /** Offset of the first chunk in the file, in bytes. */
  @Column('bigint', { name: 'byte_offset', transformer: BIGINT_AS_NUMBER })
  offset: number;
}
