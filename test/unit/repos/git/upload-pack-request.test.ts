import { describe, expect, it } from '@jest/globals';
import { FLUSH, pktLine } from '../../../../src/repos/git/pkt-line.js';
import { readUploadPackRequest, type UploadPackRequest } from '../../../../src/repos/git/upload-pack-request.js';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];

/** Encodes lines as git does; `0000` is a flush packet. */
const body = (...lines: string[]): Buffer =>
  Buffer.concat(lines.map((line) => (line === '0000' ? FLUSH : pktLine(`${line}\n`))));

describe('readUploadPackRequest', () => {
  it.each<[string, string[], Partial<UploadPackRequest>]>([
    [
      'a clone',
      [`want ${A} side-band-64k agent=git/2`, `want ${B}`, '0000', 'done'],
      { wants: [A, B], done: true, negotiates: true },
    ],
    [
      'the first request of a shallow clone',
      [`want ${A}`, 'deepen 1', '0000'],
      { wants: [A], depth: 1, negotiates: false, done: false },
    ],
    [
      'the second request of a shallow clone',
      [`want ${A}`, 'deepen 1', '0000', 'done'],
      { depth: 1, negotiates: true, done: true },
    ],
    [
      'a fetch',
      [`want ${A}`, '0000', `have ${B}`, `have ${C}`, '0000'],
      { haves: [B, C], negotiates: true, done: false },
    ],
    [
      'a fetch into a shallow clone',
      [`want ${A}`, `shallow ${B}`, '0000', `have ${C}`, 'done'],
      { shallow: [B], haves: [C], done: true },
    ],
    ['unlimited depth', [`want ${A}`, 'deepen 2147483647', '0000'], { depth: 2 ** 31 - 1 }],
    ['a date', [`want ${A}`, 'deepen-since 1767225600', '0000'], { since: new Date('2026-01-01T00:00:00Z') }],
    ['excluded refs', [`want ${A}`, 'deepen-not v1', 'deepen-not v2', '0000'], { excludedRefs: ['v1', 'v2'] }],
    ['a filter', [`want ${A}`, 'filter blob:none', '0000'], { filter: { blobLimit: 0, treeDepth: Infinity } }],
    ['depth 0', [`want ${A}`, 'deepen 0', '0000'], { depth: undefined }],
    ['no local commits', [`want ${A}`, '0000', '0000'], { haves: [], negotiates: true }],
    ['a connection test', ['0000'], { wants: [], negotiates: false, done: false }],
  ])('reads %s', (_, lines, expected) => expect(readUploadPackRequest(body(...lines))).toMatchObject(expected));

  it('reads capabilities from the first line', () => {
    const { capabilities } = readUploadPackRequest(body(`want ${A} thin-pack ofs-delta`, `want ${B} no-done`, '0000'));
    expect([...capabilities]).toEqual(['thin-pack', 'ofs-delta']);
  });

  it.each([
    ['an empty body', [], 'does not name a wanted object'],
    ['known commits without wanted ones', ['0000', `have ${A}`, 'done'], 'does not name a wanted object'],
    ['an incomplete body', [`want ${A}`], 'does not name a wanted object'],
    ['a branch instead of an ID', ['want main', '0000'], 'does not support the line "want main"'],
    [
      'a filter by path',
      [`want ${A}`, 'filter sparse:oid=main', '0000'],
      'does not support the filter "sparse:oid=main"',
    ],
    [
      'an invalid date',
      [`want ${A}`, 'deepen-since yesterday', '0000'],
      'does not support the line "deepen-since yesterday"',
    ],
    ['an empty ref', [`want ${A}`, 'deepen-not ', '0000'], 'does not support the line "deepen-not "'],
    ['another hash', [`want ${A} object-format=sha256`, '0000'], 'supports only SHA-1'],
    ['a negative depth', [`want ${A}`, 'deepen -1', '0000'], 'does not support the line "deepen -1"'],
    ['a command of version 2', ['command=ls-refs', '0000'], 'does not support the line "command=ls-refs"'],
    ['the name of an object property', [`constructor ${A}`, '0000'], 'does not support the line'],
  ])('rejects %s', (_, lines, message) => expect(() => readUploadPackRequest(body(...lines))).toThrow(message));
});
