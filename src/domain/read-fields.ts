/** A JSON object from outside: nothing is known of its members. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object that a value is; empty where it is none. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** A text of at most so many characters; null for anything else, and for an empty one. */
export const textOf = (value: unknown, longest = 500): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : null;

/** A number of things; undefined for anything else. */
export const countOf = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;

/** An http(s) URL without credentials; null for anything else: nothing that a link could run. */
export function webAddressOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === null || !URL.canParse(text)) return null;
  const { protocol, username, password, href } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? href : null;
}

/** A moment, as ISO 8601; null for anything else. */
export const momentOf = (value: unknown): string | null =>
  typeof value === 'string' && value.length < 50 && !Number.isNaN(Date.parse(value)) ? value : null;
