import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsPositive, ValidateNested } from 'class-validator';
import { SourceSettingDto } from './source-setting.dto.js';

/** Any subset of a source's fields: what is absent stays as it is, `token: null` clears the token. */
export class ChangeSourceDto extends PartialType(SourceSettingDto) {}

/** The order in which the stored sources are to be asked. */
export class OrderSourcesDto {
  /** The id of every stored source once; priorities become 1, 2, 3, … */
  @ApiProperty({ type: [Number], example: [3, 1, 2] })
  @IsArray()
  @ArrayMaxSize(1000)
  @IsInt({ each: true })
  @IsPositive({ each: true })
  ids: number[];
}

/** The sources that take the place of all stored ones. */
export class ReplaceSourcesDto {
  /** Where `token` is absent, the token stays that is stored for the same namespace, name and host. */
  @ApiProperty({ type: [SourceSettingDto] })
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => SourceSettingDto)
  sources: SourceSettingDto[];
}
