import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateNested } from 'class-validator';

/** A list of objects in a body. */
export interface LongList {
  readonly property: string;
  readonly maxItems: number;
}

const LISTS = new WeakMap<object, LongList>();

/** A list of up to `maxItems` objects of a class, which `BodyValidationPipe` validates in steps. A body has at most one. */
export function IsLongList(maxItems: number, itemType: () => new () => object): PropertyDecorator {
  return (target, property) => {
    const checks = [IsArray(), ArrayMaxSize(maxItems), ValidateNested({ each: true })];
    for (const decorate of [...checks, Type(itemType), ApiProperty({ maxItems })]) decorate(target, property as string);
    LISTS.set(target.constructor, { property: String(property), maxItems });
  };
}

/** The long list of a body's class, if it has one. */
export const longListOf = (dto: object | undefined): LongList | undefined => dto && LISTS.get(dto);
