import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { NAME_STATES } from '../../domain/name-check.js';
import type { NameState } from '../../domain/name-check.js';
import { REPO_TYPES, repoFullName } from '../../domain/repo-id.js';
import type { RepoType } from '../../domain/repo-id.js';
import { ADMIN_REPO_SORTS } from '../../repos/store/admin-repo-cursor.js';
import type { AdminRepoSort } from '../../repos/store/admin-repo-cursor.js';
import type { AdminRepoEntry } from '../../repos/store/admin-repo-list.store.js';
import { PrintableLine } from '../../users/api/printable.decorator.js';
import { PageLimit } from '../../platform/http/page-limit.decorator.js';

/** Filters and pagination of repositories. */
export class ListRepositoriesDto {
  /**
   * Part of the id, case-insensitive.
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
   * The user or organization that owns them.
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

  /** Only repositories with an id that a source has too (`shadows`), or that could not be checked (`unverified`). */
  @ApiPropertyOptional({ enum: NAME_STATES, enumName: 'NameState' })
  @IsOptional()
  @IsIn(NAME_STATES)
  name_state?: NameState;

  /** Order by name, most recently updated first, or largest first. */
  @ApiPropertyOptional({ enum: ADMIN_REPO_SORTS, default: 'name' })
  @IsOptional()
  @IsIn(ADMIN_REPO_SORTS)
  sort?: AdminRepoSort;

  /** Repositories per page. */
  @PageLimit({ maximum: 500, default: 50 })
  limit?: number;

  /** `next` of the previous page, with the same filters and order. */
  @ApiPropertyOptional()
  @IsOptional()
  @PrintableLine(1000)
  cursor?: string;
}

/** A repository that the administrator creates, with any id. */
export class CreateRepositoryDto {
  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  @IsIn(REPO_TYPES)
  type: RepoType;

  /**
   * `namespace/name`. The namespace is an account of this hub.
   * @example "alice/my-model"
   */
  @IsString()
  @MaxLength(200)
  id: string;

  /** Defaults to false. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  private?: boolean;
}

/** Repository fields to change. */
export class ChangeRepositoryDto {
  /** If true, the repository can be neither read nor changed, and sources are not tried for its name. Can be undone. */
  @IsBoolean()
  disabled: boolean;
}

/** A local repository. */
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
   * Size of its content in bytes, in all revisions.
   * @example 1048576
   */
  size: number;

  /** Total number of downloads. */
  downloads: number;

  /** Whether a source has a repository with this id; null if no source was asked. */
  @ApiProperty({ enum: NAME_STATES, enumName: 'NameState', nullable: true })
  name_state: NameState | null;

  /**
   * The source that has a repository with this id.
   * @example "HuggingFace"
   */
  @ApiProperty({ type: String, nullable: true })
  shadowed_source: string | null;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601. */
  updated_at: string;
}

/** A page of repositories. */
export class RepositoryPageDto {
  @ApiProperty({ type: [AdminRepositoryDto] })
  repositories: AdminRepositoryDto[];

  /** Cursor of the next page; null on the last page. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;

  /** Number of repositories on all pages; null for lists that are filtered by anything but their type. */
  @ApiProperty({ type: 'integer', nullable: true })
  total: number | null;
}

export const toAdminRepositoryDto = (entry: AdminRepoEntry): AdminRepositoryDto => ({
  type: entry.type,
  id: repoFullName(entry),
  owner: entry.owner,
  private: entry.private,
  disabled: entry.disabled,
  size: entry.size,
  downloads: entry.downloads,
  name_state: entry.nameState,
  shadowed_source: entry.shadowedSource,
  created_at: entry.createdAt.toISOString(),
  updated_at: entry.updatedAt.toISOString(),
});
