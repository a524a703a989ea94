import { describe, expect, it } from '@jest/globals';
import { packEntryHeader, packHeader, type PackKind } from '../../../../src/repos/git/pack-format.js';

describe('packHeader', () => {
  it.each([
    [0, '5041434b0000000200000000'],
    [258, '5041434b0000000200000102'],
  ])('for %d objects returns %s', (objects, head) => expect(packHeader(objects).toString('hex')).toBe(head));
});

describe('packEntryHeader', () => {
  it.each<[PackKind, number, string]>([
    ['commit', 0, '10'],
    ['tree', 15, '2f'],
    ['blob', 15, '3f'],
    ['blob', 16, 'b001'],
    ['blob', 2047, 'bf7f'],
    ['blob', 2048, 'b08001'],
    ['blob', 2 ** 32, 'b080808001'.replace('b0808080', 'b080808080')],
    ['blob', 2 ** 40 + 5, 'b58080808080' + '02'],
  ])('for a %s of %d bytes returns %s', (kind, size, head) => {
    expect(packEntryHeader(kind, size).toString('hex')).toBe(head);
    expect(sizeIn(packEntryHeader(kind, size))).toBe(size);
  });
});

/** The size in a header: four bits of the first byte, then seven bits of each further byte, lowest first (gitformat-pack). */
function sizeIn(head: Buffer): number {
  let [size, weight] = [head[0]! & 15, 16];
  for (const byte of head.subarray(1)) [size, weight] = [size + (byte & 127) * weight, weight * 128];
  return size;
}
