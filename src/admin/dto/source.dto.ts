import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString } from 'class-validator';
import type { SourceRecord } from '../../fallback/sources/source-record.js';
import { DELIVERIES, ON_ERRORS } from '../../domain/source.js';
import type { Delivery, OnError } from '../../domain/source.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';

/** A source, without its token. */
export class SourceDto {
  /** A number for stored sources; `env:1` for the first source from the environment. */
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
   * Whether a token is stored. The token itself cannot be read.
   * @example false
   */
  has_token: boolean;

  /** Sources from the environment (`env`) are read-only. */
  @ApiProperty({ enum: ['env', 'database'] })
  origin: SourceRecord['origin'];

  /** ISO 8601; null for sources from the environment. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  created_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  updated_at: string | null;
}

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

const parseBoolean = (text: unknown): unknown =>
  text === 'true' ? true : text === 'false' ? false : text || undefined;

/** Filters of sources. */
export class ListSourcesDto {
  /**
   * Only sources limited to this namespace; empty for sources without one.
   * @example ""
   */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  namespace?: string;

  /**
   * Only enabled or only disabled sources.
   * @example true
   */
  @ApiPropertyOptional()
  @IsOptional()
  @Transform(({ value }) => parseBoolean(value))
  @IsBoolean()
  enabled?: boolean;
}
