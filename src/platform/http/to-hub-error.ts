import { HttpException, NotFoundException } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { toDatabaseError } from '../database/database-error.js';
import { toStorageError } from '../storage/storage-error.js';

/** The message of huggingface.co for unknown paths (contract B.2). */
export const PAGE_NOT_FOUND_MESSAGE = "Sorry, we can't find the page you are looking for.";

/** An error of Express or one of its parsers that the caller may see. */
interface ExposedError extends Error {
  readonly status: number;
  readonly expose: true;
}

const isExposed = (error: unknown): error is ExposedError =>
  error instanceof Error &&
  'expose' in error &&
  error.expose === true &&
  'status' in error &&
  Number(error.status) < 500;

function fromStatus(status: number, message: string, cause: unknown): HubError {
  if (status === 413)
    return new HubError('PayloadTooLarge', 'The request body is too large for this endpoint', { cause });
  if (status >= 500) return new HubError('ServiceDisabled', message, { status, cause });
  return new HubError('BadRequest', message, { status, cause });
}

/**
 * Converts errors of the framework, the database and the storage to `HubError`. Services only throw `HubError`, so a `NotFoundException`
 * can only mean that no route matched.
 * @returns `undefined` for unexpected errors
 */
export function toHubError(error: unknown): HubError | undefined {
  if (error instanceof HubError) return error;
  if (error instanceof NotFoundException) return new HubError('NotFound', PAGE_NOT_FOUND_MESSAGE);
  if (error instanceof URIError)
    return new HubError('BadRequest', 'The URL contains an invalid percent-encoding', { cause: error });
  if (error instanceof HttpException) return fromStatus(error.getStatus(), error.message, error);
  return isExposed(error)
    ? fromStatus(error.status, error.message, error)
    : (toDatabaseError(error) ?? toStorageError(error));
}
