import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { HubError } from '../../hub/language/hub-error.js';

interface FieldFault {
  readonly field: string;
  readonly message: string;
}

function faultsOf(error: ValidationError, parent = ''): FieldFault[] {
  const field = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, `${field}.`))];
}

/** Checks what DTOs describe: every wrong field is named, and an unknown one is wrong. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) =>
      new HubError('BadRequest', 'Some fields are not right', { fields: errors.flatMap((error) => faultsOf(error)) }),
  });
