import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, MaxLength } from 'class-validator';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';
import { IgnoresUnknownFields } from '../../../platform/http/ignores-unknown-fields.decorator.js';
import { PageLimit } from '../../../platform/http/page-limit.decorator.js';

/** Types that clients may request. This hub has no buckets and kernels, so their lists are empty. */
export const LISTED_TYPES = [...REPO_TYPES, 'bucket', 'kernel'] as const;

/** Filters and pagination of the repositories of an account. */
@IgnoresUnknownFields()
export class StorageListQueryDto {
  /** Part of the id, case-insensitive. */
  @ApiPropertyOptional()
  @IsOptional()
  @MaxLength(200)
  search?: string;

  @ApiPropertyOptional({ enum: LISTED_TYPES })
  @IsOptional()
  @IsIn(LISTED_TYPES)
  type?: (typeof LISTED_TYPES)[number];

  /** Repositories per page. */
  @PageLimit({ maximum: 500, default: 500 })
  limit?: number;

  /** Cursor from the `Link` header of the previous page. */
  @ApiPropertyOptional()
  @IsOptional()
  @MaxLength(1000)
  cursor?: string;
}

/** A repository and what it stores. */
export class StoredRepositoryDto {
  /** @example "alice/my-model" */
  id: string;

  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  type: RepoType;

  updatedAt: string;

  @ApiProperty({ enum: ['public', 'private'] })
  visibility: 'public' | 'private';

  /** Bytes of its files in all revisions, counting identical content once. */
  @ApiProperty({ type: 'integer' })
  storage: number;

  /** Share of the bytes that the account stores, in percent. Repositories of an account share identical content, so the sum may be above 100. */
  @ApiProperty({ example: 12.5 })
  storagePercent: number;
}
