import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';

const LARGEST_ID = 2_147_483_647;

/** Which page of an organization's members. */
@ClientBody()
export class MemberPageDto {
  /** Members per page. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 500 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  /** As the `Link` of the page before has it. */
  @ApiPropertyOptional({ type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(LARGEST_ID)
  cursor?: number;
}
