import { describe, expect, it } from '@jest/globals';
import { packEntryHead, packHead, type PackKind } from '../../../../src/repos/git/pack-entry.js';

describe('a pack', () => {
  it.each([
    [0, '5041434b0000000200000000'],
    [258, '5041434b0000000200000102'],
  ])('of %s objects begins so', (objects, head) => expect(packHead(objects).toString('hex')).toBe(head));
});

describe('an object in a pack', () => {
  it.each<[PackKind, number, string]>([
    ['commit', 0, '10'],
    ['tree', 15, '2f'],
    ['blob', 15, '3f'],
    ['blob', 16, 'b001'],
    ['blob', 2047, 'bf7f'],
    ['blob', 2048, 'b08001'],
    ['blob', 2 ** 32, 'b080808001'.replace('b0808080', 'b080808080')],
    ['blob', 2 ** 40 + 5, 'b58080808080' + '02'],
  ])('%s of %s bytes begins so', (kind, size, head) => {
    expect(packEntryHead(kind, size).toString('hex')).toBe(head);
    expect(sizeIn(packEntryHead(kind, size))).toBe(size);
  });
});

/** As git reads it: four bits of the first byte, seven of every other, the lowest first. */
function sizeIn(head: Buffer): number {
  let [size, weight] = [head[0]! & 15, 16];
  for (const byte of head.subarray(1)) [size, weight] = [size + (byte & 127) * weight, weight * 128];
  return size;
}
