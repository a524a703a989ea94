import { describe, expect, it } from '@jest/globals';
import { commitLine } from '../../../../src/repos/write/commit-line.js';

const SHA1 = 'a'.repeat(40);
const SHA256 = 'b'.repeat(64);
const read = (key: unknown, value: unknown): unknown => commitLine(Buffer.from(JSON.stringify({ key, value })), 7);

const errorOf = (act: () => unknown): unknown => {
  try {
    return { returned: act() };
  } catch (error) {
    return error;
  }
};

describe('commitLine', () => {
  it.each<[string, object, object]>([
    ['header', { summary: 's' }, { kind: 'header', summary: 's' }],
    [
      'header',
      { summary: 's', description: null, parentCommit: SHA1 },
      { kind: 'header', summary: 's', parentCommit: SHA1 },
    ],
    [
      'file',
      { path: 'a', content: 'eA==', encoding: 'base64' },
      { kind: 'file', path: 'a', content: 'eA==', encoding: 'base64' },
    ],
    ['file', { path: 'a', content: 'x' }, { kind: 'file', path: 'a', content: 'x', encoding: 'utf-8' }],
    ['file', { path: 'a', content: [], encoding: 'base64' }, { kind: 'file', path: 'a', encoding: 'base64' }],
    [
      'file',
      { path: 'a', content: '', oldPath: 'b' },
      { kind: 'file', path: 'a', content: '', encoding: 'utf-8', oldPath: 'b' },
    ],
    ['lfsFile', { path: 'a', oid: SHA256 }, { kind: 'lfsFile', path: 'a', sha256: SHA256 }],
    [
      'lfsFile',
      { path: 'a', oid: SHA256, size: 0, algo: 'sha256' },
      { kind: 'lfsFile', path: 'a', sha256: SHA256, size: 0 },
    ],
    ['deletedFile', { path: 'a/b' }, { kind: 'deletedEntry', path: 'a/b' }],
    ['deletedFolder', { path: 'a/' }, { kind: 'deletedFolder', path: 'a/' }],
    ['deletedEntry', { path: 'a/' }, { kind: 'deletedEntry', path: 'a/' }],
  ])('reads %s %j', (key, value, line) => {
    expect(read(key, value)).toEqual(line);
  });

  const invalidLines: [key: unknown, value: unknown, field: string][] = [
    ['constructor', {}, 'key'],
    [undefined, {}, 'key'],
    ['header', 'summary', 'value'],
    ['header', { summary: 's', parent: SHA1 }, 'parent'],
    ['file', { path: 'a', content: '', mode: '100755' }, 'mode'],
    ['header', {}, 'summary'],
    ['header', { summary: 1 }, 'summary'],
    ['header', { summary: 's', description: 1 }, 'description'],
    ['header', { summary: 's', parentCommit: 'main' }, 'parentCommit'],
    ['file', { content: '' }, 'path'],
    ['file', { path: 'a' }, 'content'],
    ['file', { path: 'a', content: ['x'] }, 'content'],
    ['file', { path: 'a', content: '', encoding: 'hex' }, 'encoding'],
    ['file', { path: 'a', content: '', oldPath: '../b' }, 'oldPath'],
    ['lfsFile', { path: 'a', oid: SHA1 }, 'oid'],
    ['lfsFile', { path: 'a', oid: SHA256, algo: 'md5' }, 'algo'],
    ['lfsFile', { path: 'a', oid: SHA256, size: -1 }, 'size'],
    ['lfsFile', { path: 'a', oid: SHA256, size: '3' }, 'size'],
    ['deletedFile', { path: 'a/' }, 'path'],
    ['deletedFolder', { path: '/' }, 'path'],
    ['deletedFolder', { path: 'a//' }, 'path'],
  ];

  it('rejects invalid lines with their number and field', () => {
    const rows = invalidLines.map(([key, value]) => ({ key, value, error: errorOf(() => read(key, value)) }));
    expect(rows).toEqual(
      invalidLines.map(([key, value, field]) => ({
        key,
        value,
        error: expect.objectContaining({
          code: 'BadRequest',
          message: expect.stringMatching(new RegExp(`^Line 7: (?:"${field}"|the path)`)),
          facts: { fields: [expect.objectContaining({ field })] },
        }),
      })),
    );
  });
});
