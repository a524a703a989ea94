import { InvalidEnvironmentError } from '../platform/config/env.js';
import { UnfinishedRotationError } from '../platform/config/secrets.js';
import { DataDirInUseError } from '../platform/database/data-dir-in-use.js';

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly port?: number;
  readonly path?: string;
}

function systemFault({ code, syscall, port, path }: SystemError): string | undefined {
  if (code === 'EADDRINUSE') return `Port ${port} is in use by another program; set PORT to a free one.`;
  if (code === 'EACCES' && syscall === 'listen')
    return `Listening on port ${port} is not allowed; set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return 'HOST is not an address of this machine.';
  if (code === 'ENOTFOUND' && syscall === 'getaddrinfo')
    return 'A host name in HOST or KOHAKU_HUB_DATABASE_URL is not known.';
  if (code === 'ECONNREFUSED') return 'The database of KOHAKU_HUB_DATABASE_URL refuses connections; is it running?';
  if (path && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EEXIST'].includes(code ?? ''))
    return `The data directory cannot be used: ${code} at ${path}; see KOHAKU_HUB_DATA_DIR.`;
  return undefined;
}

/** The program was asked for something that it does not do so. */
export class CommandError extends Error {}

const SAID_ALREADY = [CommandError, InvalidEnvironmentError, DataDirInUseError, UnfinishedRotationError];

/** Why the hub did not start: one sentence for what its owner can mend, the stack for what only we can. */
export function describeBootError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (SAID_ALREADY.some((kind) => error instanceof kind)) return error.message;
  return systemFault(error) ?? error.stack ?? error.message;
}
