import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { EqualChunks, type ChunkSizes } from '../../../../src/repos/xet-reads/chunk-sizes.js';
import { sentOffset } from '../../../../src/repos/xet-reads/file-part.js';
import { contentRange, XorbWriter } from '../../../../src/repos/xet-reads/xorb-writer.js';
import { xorbBytes } from '../../../support/xet-builder.js';

const START = 5;
const content = Buffer.from(Array.from({ length: 60 }, (_, n) => n));

/** The whole part as it is sent. */
function wholeOf(chunks: ChunkSizes): Buffer {
  const datas = Array.from({ length: chunks.count }, (_, n) => ({
    data: content.subarray(START + chunks.startOf(n), START + chunks.startOf(n + 1)),
  }));
  return xorbBytes(datas);
}

const written = (pieces: readonly Buffer[], chunks: ChunkSizes, range: { start: number; end: number }) =>
  buffer(Readable.from(pieces).pipe(new XorbWriter(chunks, range)).flatMap(Readable.from));

async function write(chunks: ChunkSizes, range: { start: number; end: number }, pieceBytes: number): Promise<Buffer> {
  const wanted = contentRange({ id: '0', xorb: '', first: 0, start: START, chunks }, range);
  const bytes = wanted ? content.subarray(wanted.start, wanted.end + 1) : Buffer.alloc(0);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, n) =>
    bytes.subarray(n * pieceBytes, (n + 1) * pieceBytes),
  );
  return written(pieces, chunks, range);
}

describe('XorbWriter', () => {
  it.each([
    ['a last chunk that is shorter', new EqualChunks(23, 10)],
    ['one chunk', new EqualChunks(7, 10)],
    ['full chunks', new EqualChunks(20, 10)],
  ])('writes every range of a part with %s', async (_, chunks) => {
    const whole = wholeOf(chunks);
    expect(whole.length).toBe(sentOffset(chunks, chunks.count));
    for (let start = 0; start < whole.length; start++)
      for (let end = start; end < whole.length; end++)
        for (const pieceBytes of [1, 7, 100]) {
          const written = await write(chunks, { start, end }, pieceBytes);
          if (!written.equals(whole.subarray(start, end + 1))) throw new Error(`wrong bytes ${start} to ${end}`);
        }
  });

  it('fails if the content ends early, or is longer', async () => {
    const chunks = new EqualChunks(20, 10);
    const range = { start: 0, end: 20 };
    for (const length of [4, 40]) await expect(written([content.subarray(0, length)], chunks, range)).rejects.toThrow();
  });
});
