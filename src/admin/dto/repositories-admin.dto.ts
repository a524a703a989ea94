import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { REPO_TYPES, repoFullName } from '../../domain/repo-id.js';
import type { RepoType } from '../../domain/repo-id.js';
import { ADMIN_REPO_SORTS } from '../../repos/store/admin-repo-list.store.js';
import type { AdminRepoEntry, AdminRepoSort } from '../../repos/store/admin-repo-list.store.js';
import { PrintableLine } from '../../users/api/printable.decorator.js';

/** Which repositories to list. */
export class ListRepositoriesDto {
  /**
   * Part of the id, in whatever case.
   * @example "gpt"
   */
  @ApiPropertyOptional()
  @IsOptional()
  @PrintableLine(200)
  search?: string;

  @ApiPropertyOptional({ enum: REPO_TYPES, enumName: 'RepoType' })
  @IsOptional()
  @IsIn(REPO_TYPES)
  type?: RepoType;

  /**
   * The user or organization whose they are.
   * @example "alice"
   */
  @ApiPropertyOptional()
  @IsOptional()
  @PrintableLine(96)
  owner?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  disabled?: boolean;

  /** By name, or the last changed or the largest first. */
  @ApiPropertyOptional({ enum: ADMIN_REPO_SORTS, default: 'name' })
  @IsOptional()
  @IsIn(ADMIN_REPO_SORTS)
  sort?: AdminRepoSort;

  /** Repositories per page. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  /** How many to leave out. */
  @ApiPropertyOptional({ type: 'integer', minimum: 0, default: 0 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  offset?: number;
}

/** What is to be changed. */
export class ChangeRepositoryDto {
  /** True: nobody reads or changes it, and no source is asked for its name; it can be opened again. */
  @IsBoolean()
  disabled: boolean;
}

/** A repository as the administrator sees it. */
export class AdminRepositoryDto {
  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  type: RepoType;

  /** @example "alice/my-model" */
  id: string;

  /** @example "alice" */
  owner: string;

  private: boolean;

  disabled: boolean;

  /**
   * Bytes of all content that it holds, in every revision.
   * @example 1048576
   */
  size: number;

  /** Since it was made. */
  downloads: number;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601. */
  updated_at: string;
}

/** A page of repositories. */
export class RepositoryPageDto {
  @ApiProperty({ type: [AdminRepositoryDto] })
  repositories: AdminRepositoryDto[];

  /** How many there are on all pages. */
  total: number;
}

export const toAdminRepositoryDto = (entry: AdminRepoEntry): AdminRepositoryDto => ({
  type: entry.type,
  id: repoFullName(entry),
  owner: entry.owner,
  private: entry.private,
  disabled: entry.disabled,
  size: entry.size,
  downloads: entry.downloads,
  created_at: entry.createdAt.toISOString(),
  updated_at: entry.updatedAt.toISOString(),
});
