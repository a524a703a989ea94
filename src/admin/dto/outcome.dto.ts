import { ApiProperty } from '@nestjs/swagger';
import type { CacheStats } from '../../fallback/cache/cache-counts.service.js';

/** It was done. */
export class DoneDto {
  /** @example true */
  success: boolean;

  /** @example "Fallback source HuggingFace deleted" */
  message: string;
}

/** All sources were replaced. */
export class ReplacedDto {
  /** @example true */
  success: boolean;

  /**
   * How many sources were written.
   * @example 2
   */
  replaced: number;

  /**
   * How many there were.
   * @example 1
   */
  before: number;

  /**
   * How many there are.
   * @example 2
   */
  after: number;
}

/** All bindings were forgotten. */
export class ClearedDto {
  /** @example true */
  success: boolean;

  /** @example "Cache cleared (12 entries removed)" */
  message: string;

  /** @example 12 */
  old_size: number;
}

/** A repository's bindings were forgotten. */
export class EvictedDto {
  /** @example true */
  success: boolean;

  /**
   * How many bindings there were; 2 where signed-in callers have their own.
   * @example 1
   */
  evicted: number;
}

/** The cache of bindings. */
export class CacheStatsDto implements CacheStats {
  /** @example 12 */
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
   * 0 to 1.
   * @example 0.9659
   */
  hit_rate: number;

  /**
   * Questions that every source has just denied.
   * @example 3
   */
  negative_size: number;

  /**
   * Profiles and pictures of sources' accounts that this process remembers.
   * @example 40
   */
  answers_size: number;

  /** @example 81920 */
  answers_bytes: number;

  /**
   * Answers about commits that are remembered.
   * @example 1200
   */
  metadata_size: number;

  @ApiProperty({ enum: ['memory', 'redis'] })
  backend: 'memory' | 'redis';
}

/** Which input was wrong, and how. */
export class FieldFaultDto {
  /** @example "url" */
  field: string;

  /** @example "must be an http:// or https:// URL" */
  message: string;
}

/** What went wrong. */
export class ErrorDto {
  /** @example "The source is not right" */
  error: string;

  detail?: string;

  fields?: FieldFaultDto[];
}
