import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString } from 'class-validator';

const asBoolean = (text: unknown): unknown => (text === 'true' ? true : text === 'false' ? false : text || undefined);

/** Which sources to list. */
export class ListSourcesDto {
  /**
   * Only those of this namespace; empty: only those for all.
   * @example ""
   */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  namespace?: string;

  /**
   * Only the enabled ones, or only the disabled.
   * @example true
   */
  @ApiPropertyOptional()
  @IsOptional()
  @Transform(({ value }) => asBoolean(value))
  @IsBoolean()
  enabled?: boolean;
}
