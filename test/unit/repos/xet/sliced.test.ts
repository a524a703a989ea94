import { sliced } from '../../../../src/repos/xet/sliced.js';

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function cut(source: AsyncIterable<Uint8Array>, lengths: number[]): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of sliced(source, lengths)) all.push(piece.toString());
  return all;
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
])('%j in pieces of %j is %j', async (texts, lengths, expected) => {
  expect(await cut(pieces(...texts), lengths)).toEqual(expected);
});

it('a stream that ends early is an error that says so', async () => {
  await expect(cut(pieces('abc'), [2, 4])).rejects.toThrow('stored content ends 3 bytes early');
});

it('a reader that stops closes the stream', async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield Buffer.from('more');
    } finally {
      closed = true;
    }
  }
  for await (const piece of sliced(source(), [4, 4, 4])) if (piece.length > 0) break;
  expect(closed).toBe(true);
});
