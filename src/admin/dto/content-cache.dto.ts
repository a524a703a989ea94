import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { HubError } from '../../domain/hub-error.js';
import { REPO_TYPES } from '../../domain/repo-id.js';
import type { RepoType } from '../../domain/repo-id.js';
import type { HeldFile, HeldRepository } from '../../repos/content-cache/held-files.store.js';
import { PrintableLine } from '../../users/api/printable.decorator.js';
import { PageLimit } from '../../platform/http/page-limit.decorator.js';

/** A page of cached files. */
export class ListHeldFilesDto {
  /** `next` of the previous page. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(8000)
  cursor?: string;

  /** Entries per page. */
  @PageLimit({ maximum: 500, default: 50 })
  limit: number = 50;
}

/** A page of cached repositories. */
export class ListHeldRepositoriesDto extends ListHeldFilesDto {
  /**
   * Part of the id, case-insensitive.
   * @example "llama"
   */
  @ApiPropertyOptional()
  @IsOptional()
  @PrintableLine(200)
  search?: string;
}

/** A repository with cached files. */
export class HeldRepositoryDto {
  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  type: RepoType;

  /** @example "openai-community/gpt2" */
  id: string;

  files: number;

  /** Stored bytes. Files that several repositories have are stored once. */
  bytes: number;

  /** Files that are never removed to free space. */
  pinned_files: number;

  @ApiProperty({ type: String, format: 'date-time' })
  last_read_at: string;
}

/** Cached repositories by id. */
export class HeldRepositoryPageDto {
  @ApiProperty({ type: [HeldRepositoryDto] })
  repositories: HeldRepositoryDto[];

  /** Cursor of the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}

/** A cached file. */
export class HeldFileDto {
  /** @example "model.safetensors" */
  path: string;

  /** A commit that has the file. */
  commit: string;

  size: number;

  /** Stored bytes; fewer than `size` until the file has been read completely. */
  bytes: number;

  pinned: boolean;

  @ApiProperty({ type: String, format: 'date-time' })
  last_read_at: string;
}

/** Cached files of a repository by path. */
export class HeldFilePageDto {
  @ApiProperty({ type: [HeldFileDto] })
  files: HeldFileDto[];

  /** Cursor of the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}

/** The result of removing a repository from the cache. */
export class CacheEvictionDto {
  /** Removed files. */
  files: number;

  /** Freed bytes. */
  bytes: number;

  /** Files that were not removed because they are being filled. */
  busy: number;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const writeCursor = (position: readonly [string, string]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/**
 * The position after which a page begins.
 *
 * @param isOfFiles - the second part is the id of a file
 * @throws HubError `BadRequest`
 */
export function readCacheCursor(cursor: string | undefined, isOfFiles = false): readonly [string, string] | undefined {
  if (cursor === undefined) return undefined;
  const [first, second, ...others] = parse(cursor);
  const isValid = typeof first === 'string' && typeof second === 'string' && !first.includes('\0');
  const isSecond = isOfFiles ? UUID.test(String(second)) : REPO_TYPES.some((type) => type === second);
  if (isValid && isSecond && others.length === 0) return [first, second];
  const message = 'belongs to a different list. Start again without a cursor.';
  throw new HubError('BadRequest', `Invalid parameter "cursor": ${message}`, {
    fields: [{ field: 'cursor', message }],
  });
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

/** @param found - up to one more than the page has */
export function toRepositoryPage(found: readonly HeldRepository[], limit: number): HeldRepositoryPageDto {
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    repositories: page.map(({ type, repo, files, bytes, pinned, lastReadAt }) => ({
      type,
      id: repo,
      files,
      bytes,
      pinned_files: pinned,
      last_read_at: lastReadAt.toISOString(),
    })),
    next: last ? writeCursor([last.repo, last.type]) : null,
  };
}

/** @param found - up to one more than the page has */
export function toFilePage(found: readonly HeldFile[], limit: number): HeldFilePageDto {
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    files: page.map(({ path, commit, size, bytes, isPinned, lastReadAt }) => ({
      path,
      commit,
      size,
      bytes,
      pinned: isPinned,
      last_read_at: lastReadAt.toISOString(),
    })),
    next: last ? writeCursor([last.path, last.id]) : null,
  };
}
