import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { ContentEntity } from '../store/content.entity.js';

/** Consecutive chunks of a large file that was uploaded over Xet. They are deleted with the content. */
@Entity('xet_parts')
export class FilePartEntity {
  /** SHA-256 of the large file. The row does not keep the content, and is deleted with it. */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_xet_parts' })
  @ForeignKey(() => ContentEntity, { name: 'fk_xet_parts_content', onDelete: 'CASCADE' })
  content: string;

  /** Offset of the first chunk in the file. */
  @PrimaryColumn('bigint', {
    name: 'byte_offset',
    primaryKeyConstraintName: 'pk_xet_parts',
    transformer: BIGINT_AS_NUMBER,
  })
  offset: number;

  /** Sum of the sizes of the chunks. */
  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  bytes: number;

  /** Id of the xorb in downloads. Parts of several files that have the same content have the same id. */
  @Column('varchar', { length: 64 })
  xorb: string;

  /** Index of the first chunk in this xorb. */
  @Column('integer', { name: 'first_chunk' })
  first: number;

  /** The sizes of the chunks, three bytes each. */
  @Column('bytea')
  sizes: Buffer;
}
