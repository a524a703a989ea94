import type { RunningHub } from './hub-app.js';

/** A response of the admin API. */
export interface AdminResponse {
  readonly status: number;
  readonly body: unknown;
  /** The unparsed body, to check what it does not contain. */
  readonly text: string;
}

/** Calls the hub's admin API: `admin('PUT', '/fallback-sources/1', {…})`. */
export type AdminClient = (method: string, path: string, body?: unknown) => Promise<AdminResponse>;

export const adminClient =
  (hub: Pick<RunningHub, 'url' | 'adminToken'>): AdminClient =>
  async (method, path, body) => {
    const response = await fetch(`${hub.url}/admin/api${path}`, {
      method,
      headers: { 'x-admin-token': hub.adminToken, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as unknown, text };
  };
