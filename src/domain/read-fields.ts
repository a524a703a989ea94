import { parseUrl } from './parse-url.js';

/** A JSON object whose fields have not been validated. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a JSON object; none for any other value. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** A non-empty string, cut at `maxLength` characters; null for any other value. */
export const textOf = (value: unknown, maxLength = 500): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, maxLength) : null;

/** A non-negative integer; undefined for any other value. */
export const countOf = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;

/** An http(s) URL without credentials; null for any other value, such as a `javascript:` URL. */
export function webUrlOf(value: unknown): string | null {
  const text = textOf(value);
  const url = text === null ? undefined : parseUrl(text);
  if (!url) return null;
  const { protocol, username, password, href } = url;
  return /^https?:$/.test(protocol) && username === '' && password === '' ? href : null;
}

/** The text of a date; null for any other value. */
export const dateTextOf = (value: unknown): string | null =>
  typeof value === 'string' && value.length < 50 && !Number.isNaN(Date.parse(value)) ? value : null;
