import { ApiProperty, PartialType } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, ValidateBy } from 'class-validator';
import { SourceSettingDto } from './source-setting.dto.js';
import { IsLongList } from '../../platform/http/long-list.decorator.js';

const SOURCE_IDS = 'Must be source ids: 3 for a stored source, "env:1" for one from the environment';
const isSourceId = (id: unknown): boolean =>
  typeof id === 'string' ? /^env:\d+$/.test(id) : Number.isInteger(id) && Number(id) > 0;

/** Source fields to change. Omitted fields stay unchanged; null deletes credentials. */
export class ChangeSourceDto extends PartialType(SourceSettingDto) {}

/** A new order of the stored sources. */
export class OrderSourcesDto {
  /**
   * The id of every stored source exactly once; priorities become 1, 2, 3, … If sources from the environment are included, stored
   * sources keep their position relative to them.
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

/** Sources that replace all stored ones. */
export class ReplaceSourcesDto {
  /**
   * Omitted credentials are kept from the stored source with the same namespace, name and origin. Read-only fields and sources with the origin
   * `env` are ignored, so that the list of sources can be sent back.
   */
  @ApiProperty({ type: [SourceSettingDto] })
  @IsLongList(1000, () => SourceSettingDto)
  sources: SourceSettingDto[];
}
