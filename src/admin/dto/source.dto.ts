import { ApiProperty } from '@nestjs/swagger';
import type { SourceRecord } from '../../fallback/sources/source-record.js';
import { DELIVERIES, ON_ERRORS } from '../../domain/source.js';
import type { Delivery, OnError } from '../../domain/source.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';

/** A source as the administrator sees it: never its token. */
export class SourceDto {
  /** The number of a stored source; `env:1` for the first of the environment's list. */
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], example: 1 })
  id: number | string;

  /** @example "HuggingFace" */
  name: string;

  /** @example "https://huggingface.co" */
  url: string;

  @ApiProperty({ enum: SOURCE_TYPES, enumName: 'SourceType' })
  source_type: string;

  /** @example 1 */
  priority: number;

  /** @example "" */
  namespace: string;

  /** @example true */
  enabled: boolean;

  /** @example false */
  require_auth: boolean;

  @ApiProperty({ enum: DELIVERIES })
  delivery: Delivery;

  @ApiProperty({ enum: ON_ERRORS })
  on_error: OnError;

  @ApiProperty({ type: [String], example: [] })
  include: readonly string[];

  @ApiProperty({ type: [String], example: [] })
  exclude: readonly string[];

  /**
   * Is a token stored? Which one is never told.
   * @example false
   */
  has_token: boolean;

  /** A source from the environment is read-only here. */
  @ApiProperty({ enum: ['env', 'database'] })
  origin: SourceRecord['origin'];

  /** ISO 8601; null for a source from the environment. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  created_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  updated_at: string | null;
}

/** A source's record in the API's spelling. */
export const toSourceDto = ({ id, origin, source, hasToken, createdAt, updatedAt }: SourceRecord): SourceDto => ({
  id,
  name: source.name,
  url: source.url,
  source_type: source.type,
  priority: source.priority,
  namespace: source.namespace,
  enabled: source.enabled,
  require_auth: source.requireAuth,
  delivery: source.delivery,
  on_error: source.onError,
  include: source.include,
  exclude: source.exclude,
  has_token: hasToken,
  origin,
  created_at: createdAt?.toISOString() ?? null,
  updated_at: updatedAt?.toISOString() ?? null,
});
