import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { DELIVERIES, ON_ERRORS } from '../../domain/source.js';
import type { Delivery, OnError } from '../../domain/source.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';
import { SourceFieldRule } from '../source-field-rule.decorator.js';

/**
 * A source to create or change. Defaults are not part of the schema, since the same fields describe a partial update.
 */
export class SourceSettingDto {
  /**
   * Shown on everything from this source; unique within the namespace. Defaults to the URL's host name.
   * @example "HuggingFace"
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: 100 })
  @IsOptional()
  @SourceFieldRule()
  name?: string;

  /**
   * Base URL (http or https) without credentials, query and fragment.
   * @example "https://huggingface.co"
   */
  @ApiProperty({ format: 'uri', maxLength: 2000 })
  @SourceFieldRule()
  url: string;

  /**
   * API of the source.
   * @example "huggingface"
   */
  @ApiProperty({ enum: SOURCE_TYPES, enumName: 'SourceType' })
  @SourceFieldRule()
  source_type: string;

  /**
   * Access token for the source. It is only sent to this source and cannot be read back. Null for none.
   * @example null
   */
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 500, writeOnly: true })
  @IsOptional()
  @SourceFieldRule()
  token?: string | null;

  /**
   * Lower numbers are tried first. Defaults to 100.
   * @example 1
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 10_000 })
  @IsOptional()
  @SourceFieldRule()
  priority?: number;

  /**
   * Limits the source to this user or organization; empty for all namespaces.
   * @example ""
   */
  @ApiPropertyOptional({ maxLength: 96 })
  @IsOptional()
  @SourceFieldRule()
  namespace?: string;

  /**
   * Disabled sources are never used. Defaults to true.
   * @example true
   */
  @ApiPropertyOptional()
  @IsOptional()
  @SourceFieldRule()
  enabled?: boolean;

  /**
   * If true, only signed-in users can access this source. Defaults to false.
   * @example false
   */
  @ApiPropertyOptional()
  @IsOptional()
  @SourceFieldRule()
  require_auth?: boolean;

  /**
   * How files are downloaded: by a redirect to the source (the default), or proxied through this hub.
   * @example "redirect"
   */
  @ApiPropertyOptional({ enum: DELIVERIES })
  @IsOptional()
  @SourceFieldRule()
  delivery?: Delivery;

  /**
   * If the source is unavailable: try the next source (the default), or return an error.
   * @example "next"
   */
  @ApiPropertyOptional({ enum: ON_ERRORS })
  @IsOptional()
  @SourceFieldRule()
  on_error?: OnError;

  /**
   * Patterns of repositories to include, such as `ns/name` or `type:ns/name`; empty for all repositories.
   */
  @ApiPropertyOptional({ type: [String], example: ['meta-llama/*', 'dataset:*/*'] })
  @IsOptional()
  @SourceFieldRule()
  include?: string[];

  /** Patterns of repositories to exclude. Exclusions take precedence over `include`. */
  @ApiPropertyOptional({ type: [String], example: ['*/*-GGUF'] })
  @IsOptional()
  @SourceFieldRule()
  exclude?: string[];
}
