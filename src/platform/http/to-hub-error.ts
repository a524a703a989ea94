import { HttpException, NotFoundException } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { databaseFault } from '../database/database-fault.js';
import { storageFault } from '../storage/storage-fault.js';

/** What huggingface.co says of a path it does not know (contract B.2). */
export const UNKNOWN_PAGE = "Sorry, we can't find the page you are looking for.";

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
  if (status === 413) return new HubError('PayloadTooLarge', 'The body is larger than this address takes', { cause });
  if (status >= 500) return new HubError('ServiceDisabled', message, { status, cause });
  return new HubError('BadRequest', message, { status, cause });
}

/**
 * The framework's own errors in the hub's words; undefined for anything that nobody has foreseen. Services throw `HubError` alone, so
 * a `NotFoundException` can only mean that no route matched.
 */
export function toHubError(error: unknown): HubError | undefined {
  if (error instanceof HubError) return error;
  if (error instanceof NotFoundException) return new HubError('NotFound', UNKNOWN_PAGE);
  if (error instanceof URIError)
    return new HubError('BadRequest', 'The URL is not encoded correctly', { cause: error });
  if (error instanceof HttpException) return fromStatus(error.getStatus(), error.message, error);
  return isExposed(error)
    ? fromStatus(error.status, error.message, error)
    : (databaseFault(error) ?? storageFault(error));
}
