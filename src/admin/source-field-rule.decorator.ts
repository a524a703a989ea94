import { registerDecorator, type ValidationArguments } from 'class-validator';
import { checkSourceField, type SourceField } from '../domain/source-fields.js';
import { SOURCE_TYPES } from '../fallback/strategies/strategies.js';

/** Validates a property by the rule for the source field of its name, which also applies to sources from the environment. */
export const SourceFieldRule =
  () =>
  <Field extends SourceField>(target: { [field in Field]?: unknown }, propertyName: Field): void => {
    registerDecorator({
      name: 'sourceFieldRule',
      target: target.constructor,
      propertyName,
      validator: {
        validate: (value: unknown) => checkSourceField(propertyName, value, SOURCE_TYPES) === undefined,
        defaultMessage: (args?: ValidationArguments) => checkSourceField(propertyName, args?.value, SOURCE_TYPES) ?? '',
      },
    });
  };
