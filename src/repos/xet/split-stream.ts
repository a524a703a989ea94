/**
 * Splits a stream into pieces of the given lengths. Only the current piece is buffered.
 *
 * @throws Error if the stream ends early
 */
export async function* splitStream(
  content: AsyncIterable<Uint8Array>,
  lengths: Iterable<number>,
): AsyncGenerator<Buffer> {
  const iterator = content[Symbol.asyncIterator]();
  let rest: Uint8Array = Buffer.alloc(0);
  try {
    for (const length of lengths) {
      const piece = Buffer.allocUnsafe(length);
      for (let filled = 0; filled < length;) {
        if (rest.length === 0) {
          const next = await iterator.next();
          if (next.done) throw new Error(`stored content ends ${length - filled} bytes early`);
          rest = next.value;
        }
        const part = rest.subarray(0, length - filled);
        piece.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      yield piece;
    }
  } finally {
    await iterator.return?.();
  }
}
