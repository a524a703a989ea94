import { ApiProperty } from '@nestjs/swagger';

/** Use of an account's quotas. The first fields are those of KohakuHub. */
export class QuotaDto {
  /** @example "alice" */
  namespace: string;

  is_organization: boolean;

  /** Quota in bytes that the administrator has set for this account; null if the default applies, -1 for unlimited. */
  @ApiProperty({ type: 'integer', nullable: true })
  quota_bytes: number | null;

  /** Quota in bytes that applies; null if the storage is unlimited. */
  @ApiProperty({ type: 'integer', nullable: true, example: 10_000_000_000 })
  effective_quota_bytes: number | null;

  /** Whether the default quota applies. */
  is_inheriting: boolean;

  /**
   * Bytes of the files of all repositories and their history, counting identical content once.
   * @example 2130000000
   */
  @ApiProperty({ type: 'integer' })
  used_bytes: number;

  /** Bytes that unfinished uploads have reserved. */
  @ApiProperty({ type: 'integer' })
  reserved_bytes: number;

  /** Bytes that can still be uploaded; null if the storage is unlimited. */
  @ApiProperty({ type: 'integer', nullable: true })
  available_bytes: number | null;

  /** From 0 to 100, or more if the quota was reduced; null if the storage is unlimited. */
  @ApiProperty({ type: 'number', nullable: true })
  percentage_used: number | null;

  /** Number of repositories. */
  @ApiProperty({ type: 'integer' })
  repositories: number;

  /** Maximum number of repositories that applies; null if it is unlimited. */
  @ApiProperty({ type: 'integer', nullable: true })
  effective_quota_repositories: number | null;

  /** Maximum size of a file in bytes. */
  @ApiProperty({ type: 'integer' })
  max_file_size: number;
}
