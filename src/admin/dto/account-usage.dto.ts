import { ApiProperty } from '@nestjs/swagger';

/** Use of an account's quotas. */
export class AccountUsageDto {
  /**
   * Bytes of the files of all repositories and their history, counting identical content once.
   * @example 2130000000
   */
  @ApiProperty({ type: 'integer' })
  used_bytes: number;

  /** Quota in bytes that applies; null if the storage is unlimited. */
  @ApiProperty({ type: 'integer', nullable: true })
  limit_bytes: number | null;

  /** Number of repositories. */
  @ApiProperty({ type: 'integer' })
  repositories: number;

  /** Maximum number of repositories that applies; null if it is unlimited. */
  @ApiProperty({ type: 'integer', nullable: true })
  limit_repositories: number | null;
}
