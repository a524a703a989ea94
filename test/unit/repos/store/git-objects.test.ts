import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeTree,
  encodeTreeSteps,
  FILE_MODE,
  FOLDER_MODE,
  objectId,
  type GitEntry,
} from '../../../../src/repos/store/git-objects.js';
import { lfsPointer, lfsPointerOid, lfsPointerSize } from '../../../../src/repos/store/lfs-pointer.js';

function stepsOf(entries: readonly GitEntry[]): { body: Buffer; count: number } {
  const steps = encodeTreeSteps(entries);
  for (let count = 0; ; count++) {
    const { done, value } = steps.next();
    if (done) return { body: value, count };
  }
}
const encodeTree = (entries: readonly GitEntry[]): Buffer => stepsOf(entries).body;

describe('objectId returns the ID of git for', () => {
  it.each([
    ['blob', '', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'],
    ['tree', '', '4b825dc642cb6eb9a060e54bf8d69288fbee4904'],
    ['blob', 'hello\n', 'ce013625030ba8dba906f756967f9e9ca394464a'],
  ] as const)('%s %j', (kind, body, oid) => {
    expect(objectId(kind, Buffer.from(body))).toBe(oid);
  });
});

describe('a tree object', () => {
  const oid = fc.stringMatching(/^[0-9a-f]{40}$/);
  const names = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[/\0\p{Cs}]/u.test(text));
  const entry = fc.record({ mode: fc.constantFrom(FILE_MODE, FOLDER_MODE, '100755'), name: names, oid });
  const entries = fc.uniqueArray(entry, { selector: ({ name }) => name });

  it('is decoded as it was encoded, in an order independent of the input', () => {
    fc.assert(
      fc.property(entries, (input) => {
        const body = encodeTree(input);
        const read = [...decodeTree(body)];
        expect(encodeTree([...input].reverse())).toEqual(body);
        expect(new Set(read.map((item) => JSON.stringify(item)))).toEqual(
          new Set(input.map(({ mode, name, oid: id }) => JSON.stringify({ mode, name, oid: id }))),
        );
      }),
    );
  });

  it('is sorted by bytes, with folders compared as if they ended in a slash', () => {
    const id = 'a'.repeat(40);
    const body = encodeTree([
      { mode: FOLDER_MODE, name: 'a', oid: id },
      ...['a0', 'a.b', 'a-b', 'B', '😀', 'ﬀ'].map((name) => ({ mode: FILE_MODE, name, oid: id })),
    ]);
    const sorted = [...decodeTree(body)].map(({ name }) => name);
    expect(sorted).toEqual(['B', 'a-b', 'a.b', 'a', 'a0', 'ﬀ', '😀']);
  });

  it('is encoded in steps if it has many files', () => {
    const files = Array.from({ length: 9_000 }, (_, n) => ({ mode: FILE_MODE, name: `${n}`, oid: 'a'.repeat(40) }));
    const { body, count } = stepsOf(files);
    expect(count).toBeGreaterThan(20);
    expect([...decodeTree(body)].map(({ name }) => name)).toEqual(files.map(({ name }) => name).sort());
  });
});

it.each([0, 9, 10, 6_230_011, 2 ** 40])(
  'lfsPointerSize and lfsPointerOid match the pointer of a file of %d bytes',
  (size) => {
    const pointer = lfsPointer('b'.repeat(64), size);
    expect(lfsPointerSize(size)).toBe(Buffer.byteLength(pointer));
    expect(lfsPointerOid('b'.repeat(64), size)).toBe(objectId('blob', Buffer.from(pointer)));
  },
);
