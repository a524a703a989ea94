import type { FileOperation } from '../../../../src/domain/operation.js';
import { countsAsDownload } from '../../../../src/repos/read/counts-as-download.js';

const operation = (method: 'GET' | 'HEAD', raw: boolean): FileOperation => ({
  kind: 'resolve',
  repo: { type: 'model', namespace: 'o', name: 'm' },
  revision: 'main',
  path: ['a'],
  raw,
  method,
  query: [],
  conditions: {},
});

describe('countsAsDownload', () => {
  it.each<[string, 'GET' | 'HEAD', boolean, number, string | undefined, boolean]>([
    ['a whole file', 'GET', false, 200, undefined, true],
    ['the first range of a file', 'GET', false, 206, 'bytes 0-99/1000', true],
    ['a later range of a file', 'GET', false, 206, 'bytes 100-999/1000', false],
    ['the metadata of a file', 'HEAD', false, 200, undefined, false],
    ['a raw file', 'GET', true, 200, undefined, false],
    ['an unmodified file', 'GET', false, 304, undefined, false],
  ])('for %s', (_case, method, raw, status, range, expected) => {
    const headers: Record<string, string> = range === undefined ? {} : { 'content-range': range };
    expect(countsAsDownload(operation(method, raw), { status, headers })).toBe(expected);
  });
});
