import { Type } from 'class-transformer';
import { IsInt, IsISO8601, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { IgnoresUnknownFields } from '../../../platform/http/ignores-unknown-fields.decorator.js';

/** The bounds of huggingface.co. */
const MIN_PAGE = 10;
export const MAX_PAGE = 1000;

/** The query of a list of access requests. */
@IgnoresUnknownFields()
export class AccessRequestPageDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(MIN_PAGE)
  @Max(MAX_PAGE)
  limit?: number;

  /** Requests after this time */
  @IsOptional()
  @IsISO8601({ strict: true })
  after?: string;

  /** Requests before this time */
  @IsOptional()
  @IsISO8601({ strict: true })
  before?: string;

  /** The first characters of a user's name */
  @IsOptional()
  @IsString()
  @MaxLength(250)
  @Matches(/^[^\0\p{Cs}]*$/u, { message: 'q must be valid Unicode without NUL characters' })
  q?: string;

  /** From the `Link` header of the previous page */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  cursor?: number;
}
