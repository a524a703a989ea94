import type { Freshness } from './freshness.js';
import { headerSafe } from './header-text.js';

interface SourceLabel {
  readonly name: string;
  readonly url: string;
}

/** The fields `_source` and `_source_url`, which name the source of an object. */
export const sourceMarks = ({ name, url }: SourceLabel) => ({ _source: name, _source_url: url });

/** Adds the marks of its source to a repository and its owner. */
export function tagSource(json: unknown, source: SourceLabel): unknown {
  const { authorData, ...repository } = json as Record<string, unknown>;
  const marks = sourceMarks(source);
  return { ...repository, ...(isObject(authorData) && { authorData: { ...authorData, ...marks } }), ...marks };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** How current a reply is. */
export interface ReplyAge {
  /** Age of a kept reply in seconds (RFC 9111, 5.1); `undefined` if it was fetched live. */
  readonly age?: number | undefined;
  readonly freshness?: Freshness | undefined;
}

const FRESHNESS_ORDER: readonly Freshness[] = ['fresh', 'revalidated', 'stale'];

/** How current the combination of several replies is: as the oldest of them. */
export function oldestOf(replies: readonly ReplyAge[]): ReplyAge {
  const ages = replies.flatMap(({ age }) => age ?? []);
  const freshness = Math.max(0, ...replies.map((reply) => FRESHNESS_ORDER.indexOf(reply.freshness ?? 'fresh')));
  return { freshness: FRESHNESS_ORDER[freshness], age: ages.length > 0 ? Math.max(...ages) : undefined };
}

/** Headers that name the source of a response that is not an object, and how current it is. Names are percent-encoded if necessary. */
export const sourceHeaders = (source: SourceLabel, age: ReplyAge = {}): Readonly<Record<string, string>> => ({
  'x-source': headerSafe(source.name),
  'x-source-url': headerSafe(source.url),
  ...ageHeaders(age),
});

/** Headers that state how current a reply is. */
export const ageHeaders = ({ age, freshness = 'fresh' }: ReplyAge): Readonly<Record<string, string>> => ({
  'x-freshness': freshness,
  ...(age !== undefined && { age: String(age) }),
});
