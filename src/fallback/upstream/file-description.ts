import type { Reply, UpstreamRequest } from '../../domain/upstream.js';

/** Whether a HEAD reply has all that is needed: commit, ETag and size. Its redirect need not be followed then. */
export const isDescribed = ({ follow }: UpstreamRequest, { headers }: Reply): boolean =>
  follow === 'unless-described' &&
  Boolean(headers['x-repo-commit'] && headers['x-linked-size'] && (headers['x-linked-etag'] ?? headers['etag']));

const DESCRIPTION = ['x-repo-commit', 'x-linked-etag', 'x-linked-size', 'etag', 'x-xet-hash', 'link'];

/** The headers that describe a file in the reply of a hub. A storage server that it redirects to has another ETag (contract G.1). */
export function fileDescription({ headers }: Reply): Record<string, string> {
  const description: Record<string, string> = {};
  for (const name of DESCRIPTION) if (headers[name]) description[name] = headers[name];
  return description;
}
