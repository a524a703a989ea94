/** First path segments that belong to APIs and files, not to pages. */
const RESERVED_SEGMENTS = new Set([
  'api',
  'assets',
  'avatars',
  'docs-json',
  'docs-yaml',
  'health',
  'lfs',
  'metrics',
  'oauth',
  'v2',
  'xet',
]);

/** Segments that mark file downloads, at any position after the first. */
const FILE_SEGMENTS = new Set(['resolve', 'raw']);

/**
 * Whether the web app may show a page for this path, even if only its "not found" page. APIs and file paths are excluded, since a program
 * that receives a page with status 200 would treat it as the file.
 * @param path - decoded segments of the URL's path
 */
export function isPageAddress(path: readonly string[]): boolean {
  const [first = '', second] = path;
  if (RESERVED_SEGMENTS.has(first) || first.startsWith('.') || (first === 'admin' && second === 'api')) return false;
  return !path.some((segment, index) => index > 0 && (FILE_SEGMENTS.has(segment) || /\.git$/.test(segment)));
}

/** Pages without repositories or accounts, whose addresses programs show to their users. */
const OPEN_PAGES = new Set(['', 'device', 'join', 'login', 'setup']);

/**
 * Whether the client accepts HTML, as browsers do for page navigation. Monitors, link previews and prefetching accept anything; they get only
 * pages that no program mistakes for a file.
 * @param path - decoded segments of the URL's path
 */
export const wantsPage = (accept: string | undefined, path: readonly string[]): boolean =>
  /\btext\/html\b/.test(accept ?? '') || (isOpenPage(path) && (accept === undefined || accept.includes('*/*')));

const isOpenPage = ([first = '', ...rest]: readonly string[]): boolean => rest.length === 0 && OPEN_PAGES.has(first);
