import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../domain/caller.js';
import { repoFullName } from '../../domain/repo-id.js';
import { clientAddress } from './client-address.js';
import type { RequestFacts } from './hub-request.js';

/** Request IDs that are accepted from a reverse proxy or client: short, and safe in headers and log lines. */
const VALID_REQUEST_ID = /^[\w.:;=/+-]{1,128}$/;
/** Headers with the ID of a request, in order of precedence. Python clients send the second and print it in their debug log. */
const REQUEST_ID_HEADERS = ['x-request-id', 'x-amzn-trace-id'];

/** Route pattern of requests that no route has handled: `OPTIONS *`, or refused before the router. */
export const NO_ROUTE = 'none';

/** The request ID in logs and in `X-Request-Id`: the one that the caller sent if it is valid, otherwise a generated one. */
export function requestIdOf(request: IncomingMessage & { requestId?: string }): string {
  if (request.requestId === undefined) {
    const sent = REQUEST_ID_HEADERS.map((name) => request.headers[name]);
    const valid = sent.find((id): id is string => typeof id === 'string' && VALID_REQUEST_ID.test(id));
    request.requestId = valid ?? randomUUID();
  }
  return request.requestId;
}

/** The path of a request as it may be logged: without its query, and without the capability in the path of links. */
export const loggedPath = (url: string): string =>
  url
    .split('?', 1)[0]!
    .replace(/^(\/(?:lfs\/(?:upload|verify|download)|xet\/xorbs|(?:api\/)?invitations)\/)[^/]+/, '$1[hidden]');

/** True for health checks and metrics scrapes, which are excluded from the request log and from traces. */
export const isMonitoringRequest = (url = ''): boolean => /^\/(health\/|metrics([?]|$))/.test(url);

/** The pattern of the route that handled a request. Unlike the path, it does not name repositories or users. */
export const routePattern = (request: IncomingMessage & RequestFacts & { route?: { readonly path: string } }): string =>
  request.routeName ?? request.route?.path ?? NO_ROUTE;

type LoggedRequest = IncomingMessage & RequestFacts & { readonly originalUrl?: string; readonly caller?: Caller };

/** The fields of a log line that describe the request. */
export function requestLogFields(request: LoggedRequest): Record<string, unknown> {
  const { method, caller, repo, operation, source, traceId, originalUrl, url = '' } = request;
  return {
    requestId: requestIdOf(request),
    client: clientAddress(request),
    method,
    path: loggedPath(originalUrl ?? url),
    ...(caller?.name !== undefined && { account: caller.name }),
    ...(repo !== undefined && { repo: `${repo.type}:${repoFullName(repo)}` }),
    ...(operation !== undefined && { operation }),
    ...(source !== undefined && { source }),
    ...(traceId !== undefined && { trace_id: traceId }),
  };
}
