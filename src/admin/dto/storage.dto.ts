import { ApiProperty } from '@nestjs/swagger';

/** Amount of stored content. */
export class StorageFiguresDto {
  /**
   * Number of distinct stored objects.
   * @example 1200
   */
  contents: number;

  /**
   * Size of the stored objects in bytes. Includes unreferenced ones until they are deleted.
   * @example 52428800
   */
  bytes: number;

  /**
   * Size of the files of all repositories in bytes, in all revisions, counting identical content once per repository.
   * @example 73400320
   */
  referenced_bytes: number;

  /** Number of unreferenced objects that the last garbage collection has kept for a day; null before the first one. */
  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  unneeded: number | null;

  /** When they were counted. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  unneeded_at: string | null;

  /** Free bytes on the disk of the data directory; null if files are stored in a bucket. */
  @ApiProperty({ type: 'integer', nullable: true, example: 73_000_000_000 })
  free_bytes: number | null;

  /** Free bytes that uploads must leave on the disk. */
  @ApiProperty({ type: 'integer', example: 1_000_000_000 })
  min_free_bytes: number;
}
