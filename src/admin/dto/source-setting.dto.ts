import type { Type } from '@nestjs/common';
import { Allow } from 'class-validator';
import { READ_ONLY_FIELDS } from '../../domain/check-source.js';
import { SOURCE_FIELDS } from '../../domain/source-schema.js';
import type { SourceInput } from '../../domain/source.js';
import { RequestField } from '../source-field.decorator.js';

const RequestFields = class {} as Type<SourceInput>;
for (const field of SOURCE_FIELDS) RequestField(RequestFields.prototype as object, field);
// A source as the API returns it can be sent back: its read-only fields are ignored
for (const field of READ_ONLY_FIELDS) Allow()(RequestFields.prototype as object, field);

/** A source to create or change. */
export class SourceSettingDto extends RequestFields {}
