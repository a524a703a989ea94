import { json } from './fake-replies.js';
import type { Responder } from './fake-upstream.js';

/** A repository of a fake list. Omitted fields have defaults. */
export interface FakeListEntry {
  readonly id: string;
  readonly downloads?: number;
  readonly likes?: number;
  readonly trendingScore?: number;
  readonly createdAt?: string;
  readonly lastModified?: string;
  readonly tags?: readonly string[];
  readonly [more: string]: unknown;
}

const DAY = '2024-01-01T00:00:00.000Z';

const entryOf = (repo: FakeListEntry): Record<string, unknown> => ({
  _id: Buffer.from(repo.id.padEnd(12, '-')).toString('hex').slice(0, 24),
  likes: 0,
  trendingScore: 0,
  private: false,
  downloads: 0,
  tags: [],
  createdAt: DAY,
  lastModified: DAY,
  modelId: repo.id,
  ...repo,
});

const valueOf = (entry: Record<string, unknown>, sort: string): number => {
  const value = entry[sort];
  return typeof value === 'string' ? Date.parse(value) : Number(value);
};

/**
 * `/api/models`, `/api/datasets` and `/api/spaces` of huggingface.co: sorted, filtered, and in pages with an absolute
 * `Link` and an opaque cursor, which keeps its position when repositories are added.
 *
 * @param repos - called for each request
 * @param maxPageSize - limit of the upstream
 */
export const listResponder =
  (repos: () => readonly FakeListEntry[], maxPageSize = 1000): Responder =>
  (response, request) => {
    const url = new URL(request.url, `http://${request.headers.host}`);
    if (!/^\/api\/(model|dataset|space)s$/.test(url.pathname))
      return json(404, { error: 'This page does not exist' })(response, request);
    const query = url.searchParams;
    const sort = query.get('sort') ?? 'trendingScore';
    const sign = query.get('direction') === '1' ? 1 : -1;
    const author = query.get('author')?.toLowerCase();
    const listed = repos()
      .filter(({ id }) => !author || id.toLowerCase().startsWith(`${author}/`))
      .filter(({ id }) => query.getAll('search').every((text) => id.toLowerCase().includes(text.toLowerCase())))
      .filter(({ tags = [] }) => query.getAll('filter').every((tag) => tags.includes(tag)))
      .map(entryOf)
      .sort((a, b) => sign * (valueOf(a, sort) - valueOf(b, sort)) || (String(a['_id']) < String(b['_id']) ? -1 : 1));
    const limit = Math.min(Number(query.get('limit') ?? maxPageSize), maxPageSize);
    const cursor = query.get('cursor');
    const after = cursor === null ? undefined : Buffer.from(cursor, 'base64').toString();
    const start = after === undefined ? 0 : listed.findIndex(({ id }) => id === after) + 1;
    const page = listed.slice(start, start + limit);
    const last = page.at(-1);
    if (!last || start + limit >= listed.length) return json(200, page)(response, request);
    url.searchParams.set('cursor', Buffer.from(String(last['id'])).toString('base64'));
    return json(200, page, { link: `<${url.href}>; rel="next"` })(response, request);
  };
