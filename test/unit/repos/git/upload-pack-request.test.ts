import { describe, expect, it } from '@jest/globals';
import { FLUSH, pktLine } from '../../../../src/repos/git/pkt-line.js';
import { readUploadPackRequest, type UploadPackRequest } from '../../../../src/repos/git/upload-pack-request.js';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];

/** Lines as git writes them; `0000` is a flush. */
const body = (...lines: string[]): Buffer =>
  Buffer.concat(lines.map((line) => (line === '0000' ? FLUSH : pktLine(`${line}\n`))));

describe('what a client wants', () => {
  it.each<[string, string[], Partial<UploadPackRequest>]>([
    [
      'a clone',
      [`want ${A} side-band-64k agent=git/2`, `want ${B}`, '0000', 'done'],
      { wants: [A, B], done: true, negotiates: true },
    ],
    [
      'a shallow clone, first',
      [`want ${A}`, 'deepen 1', '0000'],
      { wants: [A], depth: 1, negotiates: false, done: false },
    ],
    ['a shallow clone, then', [`want ${A}`, 'deepen 1', '0000', 'done'], { depth: 1, negotiates: true, done: true }],
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
    ['all there is', [`want ${A}`, 'deepen 2147483647', '0000'], { depth: 2 ** 31 - 1 }],
    ['a depth of nothing', [`want ${A}`, 'deepen 0', '0000'], { depth: undefined }],
    ['nothing of its own to tell', [`want ${A}`, '0000', '0000'], { haves: [], negotiates: true }],
    ['only to try the way', ['0000'], { wants: [], negotiates: false, done: false }],
  ])('%s', (_, lines, facts) => expect(readUploadPackRequest(body(...lines))).toMatchObject(facts));

  it('what it can do stands behind the first', () => {
    const { capabilities } = readUploadPackRequest(body(`want ${A} thin-pack ofs-delta`, `want ${B} no-done`, '0000'));
    expect([...capabilities]).toEqual(['thin-pack', 'ofs-delta']);
  });

  it.each([
    ['nothing at all', [], 'does not contain any wanted commit'],
    ['a history of nothing', ['0000', `have ${A}`, 'done'], 'does not contain any wanted commit'],
    ['what is cut off', [`want ${A}`], 'does not contain any wanted commit'],
    ['no id', ['want main', '0000'], 'does not support the line "want main"'],
    ['a filter', [`want ${A}`, 'filter blob:none', '0000'], 'does not support the line "filter blob:none"'],
    ['a depth that is none', [`want ${A}`, 'deepen -1', '0000'], 'does not support the line "deepen -1"'],
    ['a command of version 2', ['command=ls-refs', '0000'], 'does not support the line "command=ls-refs"'],
    ['a word that every object knows', [`constructor ${A}`, '0000'], 'does not support the line'],
  ])('but not %s', (_, lines, message) => expect(() => readUploadPackRequest(body(...lines))).toThrow(message));
});
