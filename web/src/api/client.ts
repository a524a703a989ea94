import createClient, { type Middleware } from 'openapi-fetch';
import { linkTarget } from '../../../src/domain/rewrite-link';
import { ApiError } from './api-error';
import { BASE_PATH, hubPath, hubUrl } from './base-path';
import type { components, paths } from './schema';

/** Request and response types, by their names in openapi.json. */
export type Schemas = components['schemas'];

/**
 * Fills in the parameters of a path from openapi.json. Slashes in a value (a file path) are preserved. An empty value (the namespace of
 * a one-segment id) is dropped together with its slash.
 */
export function fillPath(template: string, values: Readonly<Record<string, unknown>>): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(values[name] ?? '')
      .split('/')
      .map(encodeURIComponent)
      .join('/'),
  );
  return filled.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}

const throwErrors: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await ApiError.of(response);
  },
  onError() {
    return ApiError.unreachable();
  },
};

/** Typed client of the hub's API. Error responses are thrown as {@link ApiError}. */
export const hub = createClient<paths>({ baseUrl: BASE_PATH, pathSerializer: fillPath });
hub.use(throwErrors);

/**
 * `fetch` for endpoints that openapi.json describes only loosely.
 * @param path - path of the hub
 * @throws ApiError on an error response or if the hub is unreachable
 */
export async function fetchApi(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(hubUrl(path), init).catch(() => {
    throw ApiError.unreachable();
  });
  if (!response.ok) throw await ApiError.of(response);
  return response;
}

/** The path of the next page from the `Link` header, whose host may be another one than that of this page. */
export function nextPage(response: Response): string | undefined {
  const url = linkTarget(response.headers.get('link') ?? '', 'next');
  return url && hubPath(url);
}

/** When the source sent a reply that is stale, because the source does not respond now. */
export function staleSince({ headers }: Response): string | undefined {
  if (headers.get('x-freshness') !== 'stale') return undefined;
  return new Date(Date.now() - Number(headers.get('age') ?? 0) * 1000).toISOString();
}
