import { headerSafe } from './header-text.js';

interface SourceLabel {
  readonly name: string;
  readonly url: string;
}

/** Adds the fields `_source` and `_source_url`, which name the source of an object. */
export const tagSource = (json: unknown, source: SourceLabel): unknown => ({
  ...(json as Record<string, unknown>),
  _source: source.name,
  _source_url: source.url,
});

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
