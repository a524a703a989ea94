import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateBy, ValidateNested } from 'class-validator';
import { SourceSettingDto } from './source-setting.dto.js';

const SOURCE_IDS = 'must be ids of sources: 3 for a stored one, "env:1" for one of the environment';
const isSourceId = (id: unknown): boolean =>
  typeof id === 'string' ? /^env:\d+$/.test(id) : Number.isInteger(id) && Number(id) > 0;

/** Any subset of a source's fields: what is absent stays as it is, `token: null` clears the token. */
export class ChangeSourceDto extends PartialType(SourceSettingDto) {}

/** The order in which the stored sources are to be asked. */
export class OrderSourcesDto {
  /**
   * The id of every stored source once; priorities become 1, 2, 3, … Where sources of the environment are named too, stored ones keep
   * before and after them.
   */
  @ApiProperty({ type: 'array', items: { oneOf: [{ type: 'integer' }, { type: 'string' }] }, example: [3, 'env:1', 2] })
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateBy(
    { name: 'isSourceId', validator: { validate: isSourceId, defaultMessage: () => SOURCE_IDS } },
    { each: true },
  )
  ids: (number | string)[];
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
