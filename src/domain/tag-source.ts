import { headerSafe } from './header-text.js';

interface Named {
  readonly name: string;
  readonly url: string;
}

/** Names in an object where it comes from: `_source` and `_source_url` (interfaces, "Tags"). */
export const tagSource = (json: unknown, source: Named): unknown => ({
  ...(json as Record<string, unknown>),
  _source: source.name,
  _source_url: source.url,
});

/**
 * The same in headers, for answers that are not objects; percent-encoded where a name does not fit into one.
 *
 * @param age seconds since the source said so, when that is told from memory (RFC 9111, 5.1)
 */
export const sourceHeaders = (source: Named, age?: number): Readonly<Record<string, string>> => ({
  'x-source': headerSafe(source.name),
  'x-source-url': headerSafe(source.url),
  ...(age !== undefined && { age: String(age) }),
});
