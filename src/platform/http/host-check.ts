import type { IncomingMessage, ServerResponse } from 'node:http';
import { HubError } from '../../domain/hub-error.js';
import { sendError } from './hub-error.filter.js';
import { isHost } from './requested-address.js';

/** Whether the `Host` header of a request is invalid. Servers must reject such requests (RFC 9112, section 3.2). */
export const hasInvalidHost = ({ headers: { host } }: IncomingMessage): boolean => host !== undefined && !isHost(host);

/** Responds to a request with an invalid `Host` header, before the router. */
export const rejectHost = (response: ServerResponse): void =>
  sendError(response, new HubError('BadRequest', 'The Host header is not a host name.'));
