/** Characters of keys, strings and punctuation; about the length as JSON. */
const MAX_LENGTH = 1024 * 1024;
/** Aliases can nest deeper than the text. */
const MAX_DEPTH = 200;

/** Characters that PostgreSQL cannot store in text: NUL and lone surrogates. */
const UNSTORABLE = /\0|\p{Cs}/u;

/**
 * Converts parsed YAML to plain JSON values. Values that are referenced repeatedly are copied, so a few aliases can stand for any amount of
 * data.
 *
 * @throws Error with a message that continues the sentence "The metadata …" if the value cannot be stored
 */
export function plainJson(value: unknown): unknown {
  let left = MAX_LENGTH;
  const spend = (length: number): void => {
    left -= length;
    if (left < 0) throw new Error('is larger than 1 MiB');
  };
  const text = (original: string): string => {
    spend(original.length + 3);
    if (UNSTORABLE.test(original)) throw new Error('contains an invalid character');
    return original;
  };
  const copy = (original: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new Error('is nested too deeply');
    if (typeof original === 'string') return text(original);
    spend(4);
    if (typeof original === 'number') return Number.isFinite(original) ? original : null;
    if (Array.isArray(original)) return original.map((item) => copy(item, depth + 1));
    if (typeof original !== 'object' || original === null) return original ?? null;
    return Object.fromEntries(Object.entries(original).map(([key, item]) => [text(key), copy(item, depth + 1)]));
  };
  return copy(value, 0);
}
