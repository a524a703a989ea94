import { ValidationPipe, type ArgumentMetadata, type PipeTransform, type ValidationError } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { isLenientBody } from './lenient-body.decorator.js';

interface FieldError {
  readonly field: string;
  readonly message: string;
}

function fieldErrorsOf(error: ValidationError, parent = ''): FieldError[] {
  const field = parent + error.property;
  const messages = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...messages, ...(error.children ?? []).flatMap((child) => fieldErrorsOf(child, `${field}.`))];
}

const options = (strict: boolean) => ({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: strict,
  exceptionFactory: (errors: ValidationError[]) =>
    new HubError('BadRequest', 'Validation failed', { fields: errors.flatMap((error) => fieldErrorsOf(error)) }),
});

/** Validates bodies by their DTO classes and reports every invalid field. Unknown fields are invalid, except in `LenientBody` DTOs. */
export class BodyValidationPipe implements PipeTransform {
  private readonly strict = new ValidationPipe(options(true));
  private readonly lenient = new ValidationPipe(options(false));

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return (isLenientBody(metadata.metatype) ? this.lenient : this.strict).transform(value, metadata);
  }
}
