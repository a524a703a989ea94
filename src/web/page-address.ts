/** First segments under which no page lives: what is asked there is answered by programs for programs. */
const INTERFACES = new Set([
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

/** Segments of addresses that lead to files, wherever they stand after the first. */
const FILES = new Set(['resolve', 'raw']);

/**
 * Is this an address at which the web app may show a page, be it only its "not found"? Never one of the interfaces: a program that
 * is told "200, here is a page" where it asked for a file takes the page for the file.
 * @param path decoded segments of the URL's path
 */
export function isPageAddress(path: readonly string[]): boolean {
  const [first = '', second] = path;
  if (INTERFACES.has(first) || first.startsWith('.') || (first === 'admin' && second === 'api')) return false;
  return !path.some((segment, at) => at > 0 && (FILES.has(segment) || /\.git$/.test(segment)));
}

/** Does whoever asks want a page? A browser says so for what is in its address bar. */
export const wantsPage = (accept: string | undefined): boolean => /\btext\/html\b/.test(accept ?? '');
