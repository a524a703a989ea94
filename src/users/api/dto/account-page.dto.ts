import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IgnoresUnknownFields } from '../../../platform/http/ignores-unknown-fields.decorator.js';
import { PageLimit } from '../../../platform/http/page-limit.decorator.js';

/** Maximum of PostgreSQL's `integer`. */
const MAX_ID = 2_147_483_647;

/** Pagination of the members of an organization and the likes of a user. */
@IgnoresUnknownFields()
export class AccountPageDto {
  /** Entries per page. */
  @PageLimit({ maximum: 1000, default: 500 })
  limit?: number;

  /** Cursor from the `Link` header of the previous page. */
  @ApiPropertyOptional({ type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_ID)
  cursor?: number;
}
