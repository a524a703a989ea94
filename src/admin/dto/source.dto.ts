import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString } from 'class-validator';
import type { SourceRecord } from '../../fallback/sources/source-record.js';
import { PUBLIC_FIELDS, toPublicFields, type PublicFields } from '../../domain/source.js';
import { ResponseField } from '../source-field.decorator.js';

const ResponseFields = class {} as Type<PublicFields>;
for (const field of PUBLIC_FIELDS) ResponseField(ResponseFields.prototype as object, field);

/** A source, without its credentials. */
export class SourceDto extends ResponseFields {
  /** A number for stored sources; `env:1` for the first source from the environment. */
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], example: 1 })
  id: number | string;

  /**
   * Whether a token is stored. The token itself cannot be read.
   * @example false
   */
  has_token: boolean;

  /** Whether a user and password are stored. */
  has_basic_auth: boolean;

  /** Whether request headers are stored. */
  has_headers: boolean;

  /** Whether a client certificate is stored. */
  has_client_certificate: boolean;

  /** Sources from the environment (`env`) are read-only. */
  @ApiProperty({ enum: ['env', 'database'] })
  origin: SourceRecord['origin'];

  /** ISO 8601; null for sources from the environment. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  created_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  updated_at: string | null;
}

export const toSourceDto = ({ id, origin, source, secretFields, createdAt, updatedAt }: SourceRecord): SourceDto => ({
  id,
  ...toPublicFields(source),
  has_token: secretFields.includes('token'),
  has_basic_auth: secretFields.includes('basic_auth'),
  has_headers: secretFields.includes('headers'),
  has_client_certificate: secretFields.includes('client_certificate'),
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
