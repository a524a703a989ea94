import { registerDecorator, type ValidationArguments } from 'class-validator';
import { checkSourceField, type SourceField } from '../domain/source-fields.js';
import { SOURCE_TYPES } from '../fallback/strategies/strategies.js';

/** The property follows the hub's own rule for the source's field of that name, the same that the environment's list is read by. */
export const SourceFieldRule =
  () =>
  <Field extends SourceField>(target: { [field in Field]?: unknown }, propertyName: Field): void => {
    registerDecorator({
      name: 'followsSourceRule',
      target: target.constructor,
      propertyName,
      validator: {
        validate: (value: unknown) => checkSourceField(propertyName, value, SOURCE_TYPES) === undefined,
        defaultMessage: (asked?: ValidationArguments) => checkSourceField(propertyName, asked?.value, SOURCE_TYPES) ?? '',
      },
    });
  };
