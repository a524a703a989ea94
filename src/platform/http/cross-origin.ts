import type { IncomingMessage, ServerResponse } from 'node:http';

/** Response headers that scripts of other origins may read: the list of huggingface.co, and the hub's own. */
const EXPOSED_HEADERS = [
  'X-Repo-Commit',
  'X-Request-Id',
  'X-Error-Code',
  'X-Error-Message',
  'X-Total-Count',
  'ETag',
  'Link',
  'Accept-Ranges',
  'Content-Range',
  'Content-Disposition',
  'X-Linked-Size',
  'X-Linked-ETag',
  'X-Xet-Hash',
  'Retry-After',
  'RateLimit',
  'X-Source',
  'X-Source-URL',
  'X-Source-Failures',
  'X-Freshness',
  'Age',
].join(',');

/** Requests that sign in and out, create accounts or change passwords. */
export const isAuthPath = (url: string): boolean => /^\/api\/auth([/?]|$)/.test(url);

/**
 * Whether other origins may read a URL. All but the admin API and authentication. Other URLs do not accept session cookies across origins, so
 * they show nothing that the origin could not request itself.
 */
export const allowsCrossOrigin = (url: string): boolean => !/^\/admin([/?]|$)/.test(url) && !isAuthPath(url);

/** Headers of all responses that other origins may read. They do not depend on the origin, so caches need no `Vary`. */
export const CORS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED_HEADERS,
} as const;

const METHODS = 'GET, HEAD, POST, PUT, DELETE, OPTIONS';
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~, -]{1,1000}$/;

/** Responds to `OPTIONS` before the router. The requested headers are echoed, because `*` would not include `Authorization`. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const requested = request.headers['access-control-request-headers'];
  const headers: Record<string, string> = { Allow: METHODS };
  if (allowsCrossOrigin(request.url ?? '/')) {
    headers['Access-Control-Allow-Methods'] = METHODS;
    headers['Access-Control-Max-Age'] = '86400';
    headers['Vary'] = 'Access-Control-Request-Headers';
    if (requested && HEADER_NAMES.test(requested)) headers['Access-Control-Allow-Headers'] = requested;
  }
  response.writeHead(204, headers).end();
}
