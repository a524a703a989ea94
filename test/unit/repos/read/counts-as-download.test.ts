import type { FileOperation } from '../../../../src/domain/operation.js';
import { countsAsDownload } from '../../../../src/repos/read/counts-as-download.js';

const operation = (method: 'GET' | 'HEAD', raw: boolean): FileOperation => ({
  ...{ kind: 'resolve', repo: { type: 'model', namespace: 'o', name: 'm' }, revision: 'main', path: ['a'] },
  ...{ raw, method, query: [], conditions: {} },
});

describe('a download', () => {
  it.each<[string, 'GET' | 'HEAD', boolean, number, string | undefined, boolean]>([
    ['a whole file', 'GET', false, 200, undefined, true],
    ['the beginning of one', 'GET', false, 206, 'bytes 0-99/1000', true],
    ['its continuation', 'GET', false, 206, 'bytes 100-999/1000', false],
    ['its metadata', 'HEAD', false, 200, undefined, false],
    ['a raw text', 'GET', true, 200, undefined, false],
    ['what the caller has already', 'GET', false, 304, undefined, false],
  ])('%s', (_case, method, raw, status, range, expected) => {
    const headers: Record<string, string> = range === undefined ? {} : { 'content-range': range };
    expect(countsAsDownload(operation(method, raw), { status, headers })).toBe(expected);
  });
});
