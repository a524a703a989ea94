import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from './hub-request.js';
import { loggedPath } from './logged-path.js';
import { requestIdOf } from './request-id.js';

type Told = IncomingMessage & RequestFacts & { readonly originalUrl?: string };

/** What a line of the log tells of a request: by what it is found again, what was asked, and whom it was answered from. */
export function requestLine(request: Told): Record<string, unknown> {
  const { method, operation, source, traceId, originalUrl, url = '' } = request;
  return {
    ...{ requestId: requestIdOf(request), method, path: loggedPath(originalUrl ?? url) },
    ...(operation !== undefined && { operation }),
    ...(source !== undefined && { source }),
    ...(traceId !== undefined && { trace_id: traceId }),
  };
}
