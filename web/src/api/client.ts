import createClient, { type Middleware } from 'openapi-fetch';
import { nextLinkTarget } from '../../../src/domain/rewrite-link';
import { ApiError } from './api-error';
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
export const hub = createClient<paths>({ pathSerializer: fillPath });
hub.use(throwErrors);

/**
 * `fetch` for endpoints that openapi.json describes only loosely.
 * @throws ApiError on an error response or if the hub is unreachable
 */
export async function fetchApi(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, init).catch(() => {
    throw ApiError.unreachable();
  });
  if (!response.ok) throw await ApiError.of(response);
  return response;
}

/** The URL of the next page from the `Link` header. */
export const nextPage = (response: Response): string | undefined => nextLinkTarget(response.headers.get('link') ?? '');

/** Makes a URL relative: links use the hub's public base URL, which can differ from the origin of this page. */
export function relativeUrl(url: string | undefined): string | undefined {
  if (!url) return undefined;
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}
