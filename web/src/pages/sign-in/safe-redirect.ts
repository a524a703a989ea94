/** The page to open after signing in. Only paths on this hub are allowed, to prevent open redirects. */
export function safeRedirectPath(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/') || !URL.canParse(next, location.origin)) return '/';
  const { origin, pathname, search, hash } = new URL(next, location.origin);
  const isLocal = origin === location.origin && !pathname.startsWith('//');
  return isLocal && !/^\/(login|join|setup)$/.test(pathname) ? pathname + search + hash : '/';
}
