import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a proxy in front may call a request: short, and safe in a header and in a log line. */
const SANE = /^[\w.:=/+-]{1,128}$/;

/** The name under which this request is found in the logs: the caller's own where it gave a sane one, else a new one. */
export function requestIdOf(request: IncomingMessage & { requestId?: string }): string {
  if (request.requestId === undefined) {
    const given = request.headers['x-request-id'];
    request.requestId = typeof given === 'string' && SANE.test(given) ? given : randomUUID();
  }
  return request.requestId;
}
