import { ServiceUnusableError } from '../platform/config/await-service.js';
import { DataDirUnusableError } from '../platform/config/check-data-dir.js';
import { InvalidEnvironmentError } from '../platform/config/env.js';
import { UnfinishedRotationError } from '../platform/config/secrets.js';
import { DataDirInUseError } from '../platform/database/data-dir-in-use.js';
import { EmbeddedDatabaseCrashError, EmbeddedDatabaseError } from '../platform/database/open-pglite.js';
import { NewerDatabaseError } from '../platform/database/schema-version.js';
import { StorageOwnerError } from '../platform/storage/store-owner.js';

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly port?: number;
  readonly path?: string;
}

function describeSystemError({ code, syscall, port, path }: SystemError): string | undefined {
  if (code === 'EADDRINUSE') return `Port ${port} is in use by another program; set PORT to a free one.`;
  if (code === 'EACCES' && syscall === 'listen')
    return `Listening on port ${port} is not allowed; set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL')
    return 'HOST is not an address of this machine. Set it to 0.0.0.0 to listen on all addresses.';
  if (code === 'ENOTFOUND' && syscall === 'getaddrinfo') return 'The host name in HOST cannot be resolved.';
  if (path && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EEXIST'].includes(code ?? ''))
    return `The data directory cannot be used: ${code} at ${path}; see KOHAKU_HUB_DATA_DIR.`;
  return undefined;
}

/** An invalid command, or a command without the settings that it needs. */
export class CommandError extends Error {}

const SELF_EXPLANATORY = [
  CommandError,
  InvalidEnvironmentError,
  DataDirUnusableError,
  ServiceUnusableError,
  DataDirInUseError,
  EmbeddedDatabaseError,
  EmbeddedDatabaseCrashError,
  NewerDatabaseError,
  StorageOwnerError,
  UnfinishedRotationError,
];

/** Explains why the hub did not start, or ended: one sentence for problems that the operator can fix, the stack trace for bugs. */
export function describeBootError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (SELF_EXPLANATORY.some((kind) => error instanceof kind)) return error.message;
  return describeSystemError(error) ?? error.stack ?? error.message;
}
