import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { DELIVERIES, ON_ERRORS } from '../../domain/source.js';
import type { Delivery, OnError } from '../../domain/source.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';
import { SourceFieldRule } from '../source-field-rule.decorator.js';

/**
 * A source as the administrator writes it. The schema has no `default`: the same fields describe a change, where what is absent
 * stays as it is.
 */
export class SourceSettingDto {
  /**
   * Shown beside everything that comes from the source; unique within the namespace. Without it: the URL's host.
   * @example "HuggingFace"
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: 100 })
  @IsOptional()
  @SourceFieldRule()
  name?: string;

  /**
   * http(s) base URL without credentials, query and fragment.
   * @example "https://huggingface.co"
   */
  @ApiProperty({ format: 'uri', maxLength: 2000 })
  @SourceFieldRule()
  url: string;

  /**
   * The dialect it speaks.
   * @example "huggingface"
   */
  @ApiProperty({ enum: SOURCE_TYPES, enumName: 'SourceType' })
  @SourceFieldRule()
  source_type: string;

  /**
   * Sent to this source alone, and never shown again. Null: none.
   * @example null
   */
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 500, writeOnly: true })
  @IsOptional()
  @SourceFieldRule()
  token?: string | null;

  /**
   * The lower is asked first; 100 for a new source that names none.
   * @example 1
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 10_000 })
  @IsOptional()
  @SourceFieldRule()
  priority?: number;

  /**
   * Empty: for all. Otherwise only for repositories and accounts of this user or organization.
   * @example ""
   */
  @ApiPropertyOptional({ maxLength: 96 })
  @IsOptional()
  @SourceFieldRule()
  namespace?: string;

  /**
   * A disabled source is never asked; a new one is enabled.
   * @example true
   */
  @ApiPropertyOptional()
  @IsOptional()
  @SourceFieldRule()
  enabled?: boolean;

  /**
   * Only signed-in callers get answers from it; at first everybody does.
   * @example false
   */
  @ApiPropertyOptional()
  @IsOptional()
  @SourceFieldRule()
  require_auth?: boolean;

  /**
   * How files reach the caller: from the source's own URL (as for a new source), or streamed through this hub.
   * @example "redirect"
   */
  @ApiPropertyOptional({ enum: DELIVERIES })
  @IsOptional()
  @SourceFieldRule()
  delivery?: Delivery;

  /**
   * When it cannot answer: ask the next source (as for a new source), or fail.
   * @example "next"
   */
  @ApiPropertyOptional({ enum: ON_ERRORS })
  @IsOptional()
  @SourceFieldRule()
  on_error?: OnError;

  /**
   * Patterns over `ns/name` or `type:ns/name`; empty: every repository.
   */
  @ApiPropertyOptional({ type: [String], example: ['meta-llama/*', 'dataset:*/*'] })
  @IsOptional()
  @SourceFieldRule()
  include?: string[];

  /** The same for repositories that it is not asked for; these win. */
  @ApiPropertyOptional({ type: [String], example: ['*/*-GGUF'] })
  @IsOptional()
  @SourceFieldRule()
  exclude?: string[];
}
