import { splitStream } from '../../../../src/repos/xet/split-stream.js';

async function* streamOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function split(source: AsyncIterable<Uint8Array>, lengths: number[]): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of splitStream(source, lengths)) pieces.push(piece.toString());
  return pieces;
}

it.each([
  [['abcdef'], [1, 2, 3], ['a', 'bc', 'def']],
  [
    ['a', 'b', 'c', 'd'],
    [3, 1],
    ['abc', 'd'],
  ],
  [
    ['ab', '', 'cd'],
    [1, 3],
    ['a', 'bcd'],
  ],
  [['abcdef'], [2], ['ab']],
  [['abc'], [0, 3, 0], ['', 'abc', '']],
  [[], [], []],
])('splits %j into the lengths %j: %j', async (texts, lengths, expected) => {
  expect(await split(streamOf(...texts), lengths)).toEqual(expected);
});

it('reports a stream that ends early', async () => {
  await expect(split(streamOf('abc'), [2, 4])).rejects.toThrow('stored content ends 3 bytes early');
});

it('closes the stream if the reader stops', async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield Buffer.from('more');
    } finally {
      closed = true;
    }
  }
  for await (const piece of splitStream(source(), [4, 4, 4])) if (piece.length > 0) break;
  expect(closed).toBe(true);
});
