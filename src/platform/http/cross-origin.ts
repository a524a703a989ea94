import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a browser's script may read of an answer (huggingface.co's list without its Xet header, and ours). */
const EXPOSED = [
  ...[
    'X-Repo-Commit',
    'X-Request-Id',
    'X-Error-Code',
    'X-Error-Message',
    'X-Total-Count',
    'ETag',
    'Link',
    'Accept-Ranges',
  ],
  ...[
    'Content-Range',
    'Content-Disposition',
    'X-Linked-Size',
    'X-Linked-ETag',
    'Retry-After',
    'RateLimit',
    'X-Source',
    'X-Source-URL',
    'X-Source-Failures',
  ],
].join(',');

/** The admin API is for its own pages alone; everything else may be read from any page, since no cookie counts across origins. */
export const openToAll = (url: string): boolean => !/^\/admin([/?]|$)/.test(url);

/** On every answer that pages elsewhere may read. Unconditional, so that caches need not vary by origin. */
export const OPEN_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED,
} as const;

const METHODS = 'GET, HEAD, POST, PUT, DELETE, OPTIONS';
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~, -]{1,1000}$/;

/** Answers OPTIONS before the router sees it. The asked headers are echoed: `*` would leave out `Authorization`. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const asked = request.headers['access-control-request-headers'];
  const headers: Record<string, string> = { Allow: METHODS };
  if (openToAll(request.url ?? '/')) {
    headers['Access-Control-Allow-Methods'] = METHODS;
    headers['Access-Control-Max-Age'] = '86400';
    headers['Vary'] = 'Access-Control-Request-Headers';
    if (asked && HEADER_NAMES.test(asked)) headers['Access-Control-Allow-Headers'] = asked;
  }
  response.writeHead(204, headers).end();
}
