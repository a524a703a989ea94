/** A byte range, both ends inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** No two parts next to each other can match the same characters, so that the time does not depend on where a match fails. */
const BYTE_RANGE = /^\s*bytes\s*=\s*(?:(?<first>\d+)\s*)?-\s*(?:(?<last>\d+)\s*)?$/i;

/**
 * Parses a `Range` header for content of `size` bytes.
 * @returns the range; `unsatisfiable` if none of its bytes exists; `undefined` to respond with the whole content, because there is no
 * range, more than one, or an invalid one, which must be ignored (RFC 9110, 14.2)
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = BYTE_RANGE.exec(header ?? '');
  const { first = '', last = '' } = match?.groups ?? {};
  if (first === '' && last === '') return undefined;
  if (first === '') return lastBytes(Number(last), size);
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}

function lastBytes(count: number, size: number): ByteRange | 'unsatisfiable' {
  if (count === 0 || size === 0) return 'unsatisfiable';
  return { start: Math.max(0, size - count), end: size - 1 };
}
