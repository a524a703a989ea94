import type { IncomingMessage } from 'node:http';
import type { RequestOrigin } from '../../domain/caller.js';
import { clientAddress } from './client-address.js';
import { requestIdOf } from './request-log.js';

/** Where a request came from. Read at its beginning, because the address is unknown after the connection has ended. */
export function originOf(request: IncomingMessage): RequestOrigin {
  return {
    address: clientAddress(request),
    userAgent: request.headers['user-agent'],
    requestId: requestIdOf(request),
  };
}
