import { ValidationPipe, type ArgumentMetadata, type PipeTransform, type ValidationError } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { isClientBody } from './client-body.decorator.js';

interface FieldFault {
  readonly field: string;
  readonly message: string;
}

function faultsOf(error: ValidationError, parent = ''): FieldFault[] {
  const field = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, `${field}.`))];
}

const settings = (strict: boolean) => ({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: strict,
  exceptionFactory: (errors: ValidationError[]) =>
    new HubError('BadRequest', 'Some fields are not right', { fields: errors.flatMap((error) => faultsOf(error)) }),
});

/** Checks what DTOs describe: every wrong field is named, and an unknown one is wrong, save where clients send what they like. */
export class BodyPipe implements PipeTransform {
  private readonly strict = new ValidationPipe(settings(true));
  private readonly lenient = new ValidationPipe(settings(false));

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return (isClientBody(metadata.metatype) ? this.lenient : this.strict).transform(value, metadata);
  }
}
