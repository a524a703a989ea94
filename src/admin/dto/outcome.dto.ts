import { ApiProperty } from '@nestjs/swagger';
import { SECRET_FIELDS, type SecretField } from '../../domain/source.js';
import type { CacheStats } from '../../fallback/cache/cache-stats.service.js';

/** The result of an operation. */
export class DoneDto {
  /** @example true */
  success: boolean;

  /** @example "Fallback source HuggingFace deleted" */
  message: string;
}

/** Credentials of a source, without their values. */
export class NamedCredentialsDto {
  /** @example "Team hub" */
  name: string;

  /** @example "" */
  namespace: string;

  @ApiProperty({ type: [String], enum: SECRET_FIELDS })
  fields: readonly SecretField[];
}

/** The result of replacing all sources. */
export class ReplacedDto {
  /** @example true */
  success: boolean;

  /**
   * Number of sources written.
   * @example 2
   */
  replaced: number;

  /**
   * Number of stored sources before.
   * @example 1
   */
  before: number;

  /**
   * Number of stored sources after.
   * @example 2
   */
  after: number;

  /** Names of sources in the request that an environment variable sets, and that were ignored. */
  ignored: string[];

  /** Stored credentials that were kept, because the request has none for the source. */
  kept_credentials: NamedCredentialsDto[];

  /** Stored credentials that were deleted and not replaced. */
  dropped_credentials: NamedCredentialsDto[];
}

/** The result of scheduling checks of names. */
export class NameCountsDto {
  /** Repositories and accounts that hide the same name at a source. */
  shadows: number;

  /** Repositories and accounts that could not be checked. */
  unverified: number;

  /** Repositories and accounts that will be checked. */
  due: number;
}

export class ScheduledDto {
  /** @example true */
  success: boolean;

  message: string;

  /**
   * Number of names.
   * @example 120
   */
  scheduled: number;
}

/** The result of clearing the cache. */
export class ClearedDto {
  /** @example true */
  success: boolean;

  /** @example "Cache cleared (12 entries removed)" */
  message: string;

  /**
   * Number of entries removed.
   * @example 12
   */
  old_size: number;
}

/** The result of removing a repository from the cache. */
export class EvictedDto {
  /** @example true */
  success: boolean;

  /**
   * Number of entries removed; 2 if signed-in callers have a separate entry.
   * @example 1
   */
  evicted: number;
}

/** Statistics of the fallback cache. */
export class CacheStatsDto implements CacheStats {
  /**
   * Number of cached bindings.
   * @example 12
   */
  size: number;

  /** @example 10000 */
  maxsize: number;

  /** @example 300 */
  ttl_seconds: number;

  /** @example 0.12 */
  usage_percent: number;

  /** @example 340 */
  hits: number;

  /** @example 12 */
  misses: number;

  /**
   * Hits per lookup, from 0 to 1.
   * @example 0.9659
   */
  hit_rate: number;

  /**
   * Number of cached "not found" responses.
   * @example 3
   */
  negative_size: number;

  /**
   * Number of external profiles and avatars cached by this replica.
   * @example 40
   */
  answers_size: number;

  /**
   * Size of the cached profiles and avatars.
   * @example 81920
   */
  answers_bytes: number;

  /**
   * Number of cached responses about commits.
   * @example 1200
   */
  metadata_size: number;

  @ApiProperty({ enum: ['memory', 'redis'] })
  backend: 'memory' | 'redis';
}

/** A validation error of one field. */
export class FieldErrorDto {
  /** @example "url" */
  field: string;

  /** @example "Must be an http:// or https:// URL" */
  message: string;
}

/** An error. */
export class ErrorDto {
  /** @example "Invalid source" */
  error: string;

  detail?: string;

  fields?: FieldErrorDto[];
}
