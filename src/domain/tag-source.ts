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

/**
 * Headers that name the source of a response that is not an object. Names are percent-encoded if necessary.
 *
 * @param age - age of a cached reply in seconds (RFC 9111, 5.1)
 */
export const sourceHeaders = (source: SourceLabel, age?: number): Readonly<Record<string, string>> => ({
  'x-source': headerSafe(source.name),
  'x-source-url': headerSafe(source.url),
  ...(age !== undefined && { age: String(age) }),
});
