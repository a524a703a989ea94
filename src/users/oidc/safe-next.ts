/** It is stored in a cookie. */
const MAX_LENGTH = 500;
const BASE = 'http://hub.invalid';

/** The page to open after a sign-in: a path of this hub, or the home page. Other sites are never opened. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || next.length > MAX_LENGTH || !next.startsWith('/') || !URL.canParse(next, BASE))
    return '/';
  const { origin, pathname, search, hash } = new URL(next, BASE);
  const isPage = origin === BASE && !pathname.startsWith('//') && !/^\/(?:api|login|join|setup)(?:\/|$)/.test(pathname);
  return isPage ? pathname + search + hash : '/';
}
