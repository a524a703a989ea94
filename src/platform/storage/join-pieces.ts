/**
 * Joins small pieces of content, because each write is an operation of the file system, whose end waits for the event loop. Larger pieces are
 * passed on as they are.
 */
export async function* joinPieces(content: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of content) {
    pieces.push(piece);
    size += piece.length;
    if (size < bytes) continue;
    yield pieces.length === 1 ? piece : Buffer.concat(pieces, size);
    pieces = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(pieces, size);
}
