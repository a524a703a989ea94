import type { FakeRepoType } from './fake-repo.js';

const VERBS = [
  'revision',
  'tree',
  'paths-info',
  'refs',
  'commits',
  'compare',
  'resolve',
  'raw',
  'resolve-cache',
  'xet-read-token',
] as const;
type Verb = (typeof VERBS)[number];

/** A parsed URL of a repository. */
export interface RepoRequest {
  readonly type: FakeRepoType;
  readonly id: string;
  readonly verb: Verb | 'info';
  /** The segments after the verb, each decoded once. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
  /** The URL with another id; path and query are unchanged. */
  under(id: string): string;
}

const typeOf = (plural: string | undefined): FakeRepoType | undefined =>
  (['model', 'dataset', 'space'] as const).find((type) => `${type}s` === plural);

const isVerb = (segment: string | undefined): segment is Verb => VERBS.some((verb) => verb === segment);

interface Split {
  readonly head: readonly string[];
  readonly type: FakeRepoType;
  readonly tail: readonly string[];
}

/** Splits off the type prefix, which `/api/models/…` always has, but file URLs of models do not. */
const splitType = (segments: readonly string[]): Split | undefined => {
  const api = segments[0] === 'api' ? 1 : 0;
  const type = typeOf(segments[api]);
  if (type) return { head: segments.slice(0, api + 1), type, tail: segments.slice(api + 1) };
  return api ? undefined : { head: [], type: 'model', tail: segments };
};

const parseCached = (segments: readonly string[], query: URLSearchParams): RepoRequest | undefined => {
  const [plural, namespace, name, ...rest] = segments;
  const type = typeOf(plural);
  if (!type || !namespace || !name) return undefined;
  const under = () => `/api/resolve-cache/${segments.join('/')}`;
  return { type, id: `${namespace}/${name}`, verb: 'resolve-cache', rest: rest.map(decodeURIComponent), query, under };
};

/** Parses a URL; `undefined` if it is not that of a repository. */
export const parseHubUrl = (url: string): RepoRequest | undefined => {
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const segments = path.split('/').slice(1);
  const query = new URLSearchParams(search);
  if (segments[0] === 'api' && segments[1] === 'resolve-cache') return parseCached(segments.slice(2), query);
  const split = splitType(segments);
  if (!split?.tail[0]) return undefined;
  const idLength = isVerb(split.tail[1]) ? 1 : 2;
  const [verb = 'info', ...rest] = split.tail.slice(idLength);
  const fileVerb = verb === 'resolve' || verb === 'raw';
  if (verb !== 'info' && !isVerb(verb)) return undefined;
  if (split.head[0] !== 'api' && !fileVerb) return undefined;
  const under = (id: string): string =>
    `/${[...split.head, id, ...split.tail.slice(idLength)].join('/')}${search ? `?${search}` : ''}`;
  const id = split.tail.slice(0, idLength).map(decodeURIComponent).join('/');
  return { type: split.type, id, verb, rest: rest.map(decodeURIComponent), query, under };
};
