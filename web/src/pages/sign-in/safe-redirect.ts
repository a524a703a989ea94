/** Where to go after signing in: a path of this hub, whatever an address says that somebody else has made up. */
export function safeRedirectPath(wish: unknown): string {
  if (typeof wish !== 'string' || !wish.startsWith('/') || !URL.canParse(wish, location.origin)) return '/';
  const { origin, pathname, search, hash } = new URL(wish, location.origin);
  const stays = origin === location.origin && !pathname.startsWith('//');
  return stays && !/^\/(login|join)$/.test(pathname) ? pathname + search + hash : '/';
}
