import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsOptional, registerDecorator, type ValidationArguments } from 'class-validator';
import { checkSourceField } from '../domain/check-source.js';
import type { FieldKind } from '../domain/field-schema.js';
import { schemaOf, type SourceField } from '../domain/source-schema.js';
import { DeliveryRuleDto } from './dto/delivery-rule.dto.js';
import { SOURCE_TYPES } from '../fallback/strategies/strategies.js';

const REQUEST_TYPES: Readonly<Record<FieldKind, ApiPropertyOptions>> = {
  text: { type: String },
  url: { type: String, format: 'uri' },
  type: { enum: SOURCE_TYPES, enumName: 'SourceType' },
  secret: { type: String, writeOnly: true },
  headers: { type: 'object', additionalProperties: { type: 'string' }, writeOnly: true },
  integer: { type: 'integer' },
  boolean: { type: Boolean },
  choice: { type: String },
  patterns: { type: [String] },
  rules: { type: [DeliveryRuleDto] },
};

const RESPONSE_TYPES: typeof REQUEST_TYPES = {
  ...REQUEST_TYPES,
  url: { type: String },
  integer: { type: Number },
};

const optionsOf = (field: SourceField): ApiPropertyOptions => {
  const { options, nullable } = schemaOf(field);
  return { ...(options && { enum: Object.keys(options) }), ...(nullable && { nullable }) };
};

/**
 * Validates and documents a property by the source field of the same name. Defaults are not documented, since they do not apply to updates.
 */
export function RequestField(target: object, field: SourceField): void {
  const { kind, description, example, required, minLength, maxLength, minimum, maximum } = schemaOf(field);
  const limits = { minLength, maxLength, minimum, maximum };
  const docs = { ...REQUEST_TYPES[kind], ...optionsOf(field), ...limits, description, example };
  ApiProperty({ ...docs, required: required ?? false } as ApiPropertyOptions)(target, field);
  if (!required) IsOptional()(target, field);
  registerDecorator({
    name: 'sourceField',
    target: target.constructor,
    propertyName: field,
    validator: {
      validate: (value: unknown) => checkSourceField(field, value, SOURCE_TYPES) === undefined,
      defaultMessage: (args?: ValidationArguments) => checkSourceField(field, args?.value, SOURCE_TYPES) ?? '',
    },
  });
}

/** Documents a property of responses by the source field of the same name. */
export function ResponseField(target: object, field: SourceField): void {
  const { kind, example } = schemaOf(field);
  ApiProperty({ ...RESPONSE_TYPES[kind], ...optionsOf(field), example } as ApiPropertyOptions)(target, field);
}
