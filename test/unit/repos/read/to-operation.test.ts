import type { QueryPairs } from '../../../../src/domain/query.js';
import type { RepoPath } from '../../../../src/domain/parse-repo-path.js';
import { isTrue } from '../../../../src/repos/read/paths-info-body.js';
import { toOperation, type RequestParts } from '../../../../src/repos/read/to-operation.js';

const repo = { type: 'model', namespace: 'ns', name: 'name' } as const;
const path = (verb: RepoPath['verb'], rest: string[] = [], query: QueryPairs = []): RepoPath => ({
  repo,
  verb,
  rest,
  query,
  path: '/requested',
});
const get: RequestParts = { method: 'GET', headers: {} };
const post = (body?: unknown): RequestParts => ({ method: 'POST', headers: {}, body });
const hubError = (code: string) => expect.objectContaining({ name: 'HubError', code }) as Error;

describe('toOperation', () => {
  const file = {
    kind: 'resolve',
    raw: false,
    method: 'GET',
    repo,
    revision: 'main',
    path: ['a', 'b'],
    query: [],
    conditions: {},
  };
  it.each([
    ['a file', path('resolve', ['main', 'a', 'b']), get, file],
    [
      'the metadata of a file',
      path('resolve', ['main', 'a', 'b']),
      { ...get, method: 'HEAD' },
      { ...file, method: 'HEAD' },
    ],
    ['a raw file', path('raw', ['main', 'a', 'b']), get, { ...file, raw: true }],
    ['info', path('info'), get, { kind: 'info', repo, query: [] }],
    ['refs', path('refs'), get, { kind: 'refs', repo, query: [] }],
    [
      'a revision',
      path('revision', ['refs', 'pr', '1']),
      get,
      { kind: 'revision', repo, rest: ['refs', 'pr', '1'], query: [] },
    ],
    ['a folder', path('tree', ['main', 'sub/dir']), get, { kind: 'tree', repo, rest: ['main', 'sub/dir'], query: [] }],
    ['a history', path('commits', ['main']), get, { kind: 'commits', repo, rest: ['main'], query: [] }],
  ] as const)('reads %s', (_, url, request, operation) => expect(toOperation(url, request)).toEqual(operation));

  it.each([
    ['a file without a path', path('resolve', ['main']), get, 'BadRequest'],
    ['a file without a revision', path('raw'), get, 'BadRequest'],
    ['a tree without a revision', path('tree'), get, 'BadRequest'],
    ['a commit list without a revision', path('commits'), get, 'BadRequest'],
    ['a revision without its name', path('revision'), get, 'BadRequest'],
    ['paths-info without a revision', path('paths-info'), post({}), 'BadRequest'],
    ['paths-info by GET', path('paths-info', ['main']), get, 'NotFound'],
    ['anything else by POST', path('tree', ['main']), post(), 'NotFound'],
  ] as const)('rejects %s', (_, url, request, code) => expect(() => toOperation(url, request)).toThrow(hubError(code)));
});

it('keeps only Range and If-* headers, and no credentials or parameters of this hub', () => {
  const headers = {
    range: 'bytes=0-9',
    'if-none-match': '"x"',
    authorization: 'Bearer hf_secretsecret',
    cookie: 'a=b',
    via: 'x',
  };
  const query: QueryPairs = [
    ['fallback', 'true'],
    ['token', 'x'],
    ['download', 'true'],
    ['note', 'hf_abcdefghij'],
  ];
  expect(toOperation(path('resolve', ['main', 'a'], query), { method: 'GET', headers })).toMatchObject({
    conditions: { range: 'bytes=0-9', 'if-none-match': '"x"' },
    query: [['download', 'true']],
  });
});

describe('a paths-info body', () => {
  const read = (body: unknown) => toOperation(path('paths-info', ['main']), post(body));
  it.each([
    ['a form with several paths', { paths: ['a', 'b/c'], expand: 'False' }, ['a', 'b/c'], false],
    ['a form with one path', { paths: 'a', expand: 'True' }, ['a'], true],
    ['JSON', { paths: ['a'], expand: true }, ['a'], true],
    ['JSON without expand', { paths: [''] }, [''], false],
    ['a form without paths', { expand: 'False' }, [], false],
  ])('can be %s', (_, body, paths, expand) =>
    expect(read(body)).toMatchObject({ kind: 'pathsInfo', rest: ['main'], paths, expand }),
  );

  it.each([
    ['a number among the paths', { paths: ['a', 7] }],
    ['an object for a path', { paths: { a: 1 } }],
    ['half a surrogate pair', { paths: ['a\ud800'] }],
    ['more than 20,000 paths', { paths: Array.from({ length: 20_001 }, () => 'a') }],
    ['an empty form or object', {}],
    ['null', null],
    ['a list', ['a']],
    ['another field instead of paths', { path: ['a'], expand: false }],
    ['the list notation of other frameworks', { 'paths[]': 'a' }],
  ])('rejects %s', (_, body) => expect(() => read(body)).toThrow(hubError('BadRequest')));

  it('rejects a request without a body', () => {
    expect(() => read(undefined)).toThrow(hubError('BadRequest'));
  });
});

it.each([
  [true, true],
  ['True', true],
  ['true', true],
  ['1', true],
  [false, false],
  ['False', false],
  ['', false],
  [1, false],
  [undefined, false],
])('isTrue(%j) is %j', (value, expected) => expect(isTrue(value)).toBe(expected));
