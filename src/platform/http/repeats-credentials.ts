import type { IncomingHttpHeaders } from 'node:http';

/**
 * Clients that do not repeat `Authorization` at the target of a redirect on another host: curl since 7.58 (2018), the Hugging Face clients,
 * `requests`, `httpx`, `aiohttp` and the Fetch standard (Node.js).
 */
const CAREFUL_CLIENTS =
  /^curl\/|\bhf_hub\/|^node\b|\bundici\b|\bpython-(?:requests|httpx)\/|\baiohttp\/|^Go-http-client\//i;

/**
 * Clients that do not repeat `Cookie` either. curl does so with `-b name=value`, and `requests` with cookies that have no domain. The Hugging Face
 * clients only send cookies that a server set, such as those of a load balancer, and only to its host.
 */
const CAREFUL_WITH_COOKIES = /\bhf_hub\/|^node\b|\bundici\b/i;

/** Browsers are careful, too. They send one of these headers; wget, aria2c and scripts with the User-Agent of a browser do not. */
const isBrowser = (headers: IncomingHttpHeaders): boolean =>
  /^Mozilla\//.test(headers['user-agent'] ?? '') &&
  (headers['sec-fetch-mode'] !== undefined || headers['accept-language'] !== undefined);

/**
 * Whether a client with these credentials may repeat them at the target of a redirect. wget, wget2, aria2c, Python's urllib, git and git-lfs do
 * so, also on another host (tested by `test/clients/credentials.test.ts` and `test/e2e/git-sources.test.ts`). Unknown clients may do so as well.
 * All clients repeat `X-Admin-Token`, because it is not a standard header.
 */
export function repeatsCredentials(headers: IncomingHttpHeaders): boolean {
  if (headers['x-admin-token'] !== undefined) return true;
  if (isBrowser(headers)) return false;
  const careful = headers.cookie === undefined ? CAREFUL_CLIENTS : CAREFUL_WITH_COOKIES;
  return !careful.test(headers['user-agent'] ?? '');
}
