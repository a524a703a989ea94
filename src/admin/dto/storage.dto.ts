import { ApiProperty } from '@nestjs/swagger';
import type { StorageUsage } from '../../repos/gc/storage-usage.store.js';

/** Amount of stored content. */
export class StorageFiguresDto implements StorageUsage {
  /**
   * Number of distinct stored objects.
   * @example 1200
   */
  contents: number;

  /**
   * Size of the files of all repositories in bytes, counting identical content once.
   * @example 52428800
   */
  bytes: number;

  /**
   * Size in bytes, counting identical content once per repository.
   * @example 73400320
   */
  referenced_bytes: number;

  /**
   * Number of unreferenced objects. They are deleted a day after their last use.
   * @example 3
   */
  unneeded: number;

  /** Free bytes on the disk of the data directory; null if files are stored in a bucket. */
  @ApiProperty({ type: 'integer', nullable: true, example: 73_000_000_000 })
  free_bytes: number | null;

  /** Free bytes that uploads must leave on the disk. */
  @ApiProperty({ type: 'integer', example: 1_000_000_000 })
  min_free_bytes: number;
}

/** The result of a garbage collection. */
export class CollectedDto {
  /** Number of objects deleted. */
  collected: number;

  /** Bytes freed. */
  bytes: number;
}
