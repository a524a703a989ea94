/**
 * A stream cut anew, into pieces of exactly these lengths. Nothing but the piece at hand is kept in memory.
 * @throws Error when the stream ends early
 */
export async function* sliced(content: AsyncIterable<Uint8Array>, lengths: Iterable<number>): AsyncGenerator<Buffer> {
  const source = content[Symbol.asyncIterator]();
  let rest: Uint8Array = Buffer.alloc(0);
  try {
    for (const length of lengths) {
      const piece = Buffer.allocUnsafe(length);
      for (let filled = 0; filled < length;) {
        if (rest.length === 0) {
          const next = await source.next();
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
    await source.return?.();
  }
}
