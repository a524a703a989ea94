/** What a request says of where it comes from; header values as they were sent. */
export interface RequestOrigin {
  readonly method: string;
  readonly secFetchSite?: string;
  readonly origin?: string;
  /** The `Host` header. */
  readonly host?: string;
}

const HARMLESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * May the session's cookie speak for this request? A browser adds the cookie to requests that other sites' pages make, so whatever
 * changes something counts only when it comes from the hub's own pages, from the address bar, or from no browser at all.
 * @param hubHost host and port of the hub's public base
 */
export function isSessionCookieTrusted({ method, secFetchSite, origin, host }: RequestOrigin, hubHost: string): boolean {
  if (HARMLESS.has(method)) return true;
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin' || secFetchSite === 'none';
  if (origin === undefined) return true;
  const from = URL.canParse(origin) ? new URL(origin).host : undefined;
  return from !== undefined && from !== '' && (from === hubHost || from === host?.toLowerCase());
}
