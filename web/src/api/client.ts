import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError } from './api-error';
import type { components, paths } from './schema';

/** The shapes of the hub's answers, by their names in openapi.json. */
export type Schemas = components['schemas'];

/**
 * Puts values into a path of openapi.json. A value that holds slashes (a file's path) stays a path; an empty one (the namespace of a
 * one-segment id) takes its slash along.
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

const faults: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await ApiError.of(response);
  },
  onError() {
    return ApiError.unreachable();
  },
};

/** The hub's API, typed by openapi.json. Every answer that is an error is thrown as a `ApiError`. */
export const hub = createClient<paths>({ pathSerializer: fillPath });
hub.use(faults);

/** Asks for something that openapi.json types only loosely; an error is thrown as a `ApiError`. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(path, init).catch(() => {
    throw ApiError.unreachable();
  });
  if (!answer.ok) throw await ApiError.of(answer);
  return answer;
}

/** The address of the next page, as an answer's `Link` names it. */
export const nextPage = (answer: Response): string | undefined =>
  /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];

/** Next pages are named by the hub's public base, which may not be the address in the browser's bar. */
export function localUrl(address: string | undefined): string | undefined {
  if (!address) return undefined;
  const { pathname, search } = new URL(address, location.origin);
  return pathname + search;
}
