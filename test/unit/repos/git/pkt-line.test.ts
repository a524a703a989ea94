import { describe, expect, it } from '@jest/globals';
import { FLUSH, inSideBand, pktLine, readPktLines } from '../../../../src/repos/git/pkt-line.js';

describe('pktLine', () => {
  // The examples of gitprotocol-common.
  it.each([
    ['a\n', '0006a\n'],
    ['a', '0005a'],
    ['foobar\n', '000bfoobar\n'],
    ['', '0004'],
    ['é', '0006é'],
  ])('encodes %j as %j', (text, line) => expect(pktLine(text).toString()).toBe(line));

  it('combines text and bytes', () =>
    expect(pktLine('\u0001', Buffer.from([0, 255]))).toEqual(Buffer.from('30303037010' + '0ff', 'hex')));
});

describe('readPktLines', () => {
  it.each<[string, (string | undefined)[]]>([
    ['', []],
    ['0000', [undefined]],
    ['0006a\n0005b00000004', ['a', 'b', undefined, '']],
    ['000Aab\n\nc\n', ['ab\n\nc']],
    ['0006é', ['é']],
  ])('decodes %j to %j', (body, lines) => expect([...readPktLines(Buffer.from(body))]).toEqual(lines));

  it.each([
    ['a word', 'hello', 0],
    ['too few digits', '000', 0],
    ['a length below its own', '0003', 0],
    ['a length beyond the end', '0006a', 0],
    ['a sign', '+006a\n', 0],
    ['extra bytes after a line', '0005a-', 5],
  ])('rejects %s', (_, body, at) =>
    expect(() => [...readPktLines(Buffer.from(body))]).toThrow(`the pkt-line at byte ${at} is malformed`),
  );
});

describe('inSideBand', () => {
  const packets = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer[]> => {
    const sent: Buffer[] = [];
    for await (const packet of inSideBand(pieces, (error) => (error as Error).message)) sent.push(packet);
    return sent;
  };
  async function* of(...sizes: number[]): AsyncGenerator<Uint8Array> {
    for (const [n, size] of sizes.entries()) yield Buffer.alloc(size, n);
  }

  it.each<[string, number[], number[]]>([
    ['no content', [], [4]],
    ['an empty piece', [0], [4]],
    ['small pieces', [1, 2, 3], [11, 4]],
    ['a full packet', [65_515], [65_520, 4]],
    ['one byte above a full packet', [65_516], [65_520, 6, 4]],
    ['pieces across packets', [65_000, 65_000, 65_000], [65_520, 65_520, 63_975, 4]],
  ])('packs %s', async (_, pieces, lengths) => {
    const sent = await packets(of(...pieces));
    expect(sent.map(({ length }) => length)).toEqual(lengths);
    const carried = Buffer.concat(sent.slice(0, -1).map((packet) => packet.subarray(5)));
    expect(carried.equals(Buffer.concat(pieces.map((size, n) => Buffer.alloc(size, n))))).toBe(true);
    for (const packet of sent.slice(0, -1)) {
      expect(Number.parseInt(packet.toString('latin1', 0, 4), 16)).toBe(packet.length);
      expect(packet[4]).toBe(1);
    }
    expect(sent.at(-1)).toEqual(FLUSH);
  });

  it('reports the error of an interrupted stream', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* of(65_515, 1);
      throw new Error('failed');
    }
    const sent = await packets(broken());
    expect(sent.slice(1).map(String)).toEqual(['000c\u0003failed\n', '0000']);
  });
});
