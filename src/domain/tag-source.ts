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

/** Headers that name the source of a response that is not an object, and how current it is. Names are percent-encoded if necessary. */
export const sourceHeaders = (
  source: SourceLabel,
  { age, freshness = 'fresh' }: ReplyAge = {},
): Readonly<Record<string, string>> => ({
  'x-source': headerSafe(source.name),
  'x-source-url': headerSafe(source.url),
  'x-freshness': freshness,
  ...(age !== undefined && { age: String(age) }),
});
