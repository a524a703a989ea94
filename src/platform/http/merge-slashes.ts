import { READ_VERBS } from '../../domain/operation.js';

/** Words that a revision and a path in the repository may follow. */
const BEFORE_PATH: ReadonlySet<string> = new Set(READ_VERBS);

/**
 * Merges repeated slashes in the URL of a request, which clients send if their endpoint ends in a slash. A path in a repository stays as it
 * is, because another path would be another file. Queries and URLs in absolute form are not changed. The result never begins with `//`, which
 * browsers would take for another host.
 */
export function mergeSlashes(url: string): string {
  if (!url.startsWith('/') || !url.includes('//')) return url;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return mergePath(path.split('/')) + url.slice(path.length);
}

function mergePath(segments: readonly string[]): string {
  const kept: string[] = [];
  for (const [at, segment] of segments.entries()) {
    if (kept.length > 0 && BEFORE_PATH.has(segment)) return `/${[...kept, ...segments.slice(at)].join('/')}`;
    if (segment !== '') kept.push(segment);
  }
  return `/${kept.join('/')}${kept.length > 0 && segments.at(-1) === '' ? '/' : ''}`;
}
