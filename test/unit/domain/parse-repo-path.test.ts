import fc from 'fast-check';
import { HubError } from '../../../src/domain/hub-error.js';
import type { RepoId, RepoType } from '../../../src/domain/repo-id.js';
import { encodePath } from '../../../src/domain/encode-path.js';
import { READ_VERBS } from '../../../src/domain/operation.js';
import { parseRepoPath, VERBS } from '../../../src/domain/parse-repo-path.js';

const repo = (type: RepoType, namespace: string, name: string): RepoId => ({ type, namespace, name });
const model = repo('model', 'ns', 'name');

describe('URLs of contract A.1', () => {
  const urls: [url: string, repo: RepoId, verb: string, rest: string[]][] = [
    ['/ns/name/resolve/main/a.txt', model, 'resolve', ['main', 'a.txt']],
    ['/models/ns/name/resolve/main/a.txt', model, 'resolve', ['main', 'a.txt']],
    ['/api/models/ns/name/resolve/main/a.txt', model, 'resolve', ['main', 'a.txt']],
    ['/api/ns/name/resolve/main/a.txt', model, 'resolve', ['main', 'a.txt']],
    ['/api/gpt2/resolve/main/a.txt', repo('model', '', 'gpt2'), 'resolve', ['main', 'a.txt']],
    ['/datasets/ns/name/resolve/main/dir/a.csv', repo('dataset', 'ns', 'name'), 'resolve', ['main', 'dir', 'a.csv']],
    ['/spaces/ns/name/raw/main/app.py', repo('space', 'ns', 'name'), 'raw', ['main', 'app.py']],
    ['/gpt2/resolve/main/config.json', repo('model', '', 'gpt2'), 'resolve', ['main', 'config.json']],
    ['/datasets/squad/resolve/main/README.md', repo('dataset', '', 'squad'), 'resolve', ['main', 'README.md']],
    ['/ns/name/resolve/refs%2Fpr%2F1/a.txt', model, 'resolve', ['refs/pr/1', 'a.txt']],
    ['/ns/name/resolve/refs/pr/1/a.txt', model, 'resolve', ['refs', 'pr', '1', 'a.txt']],
    ['/ns/name/resolve/main/resolve/raw/tree', model, 'resolve', ['main', 'resolve', 'raw', 'tree']],
    [`/api/resolve-cache/models/ns/name/${'a'.repeat(40)}/a.txt`, model, 'resolve', ['a'.repeat(40), 'a.txt']],
    [
      `/api/resolve-cache/datasets/squad/${'a'.repeat(40)}/a`,
      repo('dataset', '', 'squad'),
      'resolve',
      ['a'.repeat(40), 'a'],
    ],
    ['/api/models/ns/name', model, 'info', []],
    ['/api/models/gpt2', repo('model', '', 'gpt2'), 'info', []],
    ['/api/datasets/squad', repo('dataset', '', 'squad'), 'info', []],
    ['/api/spaces/ns/name', repo('space', 'ns', 'name'), 'info', []],
    ['/api/models/ns/name/revision/HEAD', model, 'revision', ['HEAD']],
    ['/api/models/gpt2/revision/main', repo('model', '', 'gpt2'), 'revision', ['main']],
    ['/api/models/ns/name/tree/main', model, 'tree', ['main']],
    ['/api/models/gpt2/tree/main', repo('model', '', 'gpt2'), 'tree', ['main']],
    ['/api/models/ns/name/tree/main/sub%2Fdir', model, 'tree', ['main', 'sub/dir']],
    ['/api/models/ns/name/tree/refs/pr/1', model, 'tree', ['refs', 'pr', '1']],
    ['/api/models/ns/name/tree/main/', model, 'tree', ['main']],
    ['/api/models/ns/name/paths-info/refs%2Fpr%2F1', model, 'paths-info', ['refs/pr/1']],
    ['/api/models/ns/name/refs', model, 'refs', []],
    ['/api/models/ns/name/commits/feat/x', model, 'commits', ['feat', 'x']],
  ];

  it('are parsed', () => {
    expect(urls.map(([url]) => parseRepoPath(url))).toEqual(
      urls.map(([url, id, verb, rest]) => ({ repo: id, verb, rest, query: [], path: url })),
    );
  });
});

describe('file names are decoded once', () => {
  it.each([
    ['a%20b', 'a b'],
    ['a%2520b', 'a%20b'],
    ['%23%3F%25%2B', '#?%+'],
    ['a+b', 'a+b'],
    ['%C3%A9', 'é'],
    ['e%CC%81', 'e\u0301'],
    ['%E6%96%87', '文'],
    ['%252e%252e', '%2e%2e'],
    ['...', '...'],
    ['..a', '..a'],
    ['.gitattributes', '.gitattributes'],
  ])('%s to %j', (encoded, decoded) => {
    expect(parseRepoPath(`/ns/name/resolve/main/${encoded}`)?.rest).toEqual(['main', decoded]);
  });
});

describe('invalid paths', () => {
  const invalidPaths = [
    '..',
    '.',
    'a/../b',
    'a/./b',
    '%2e%2e',
    '%2E%2E',
    '.%2e/a',
    '%2e./a',
    'a%2F..%2Fb',
    '..%2Fa',
    'a%2F..',
    '%2Fetc',
    'a%2F%2Fb',
    'a//b',
    'a/',
    '',
    'a%00b',
    '%00',
    'a%5Cb',
    '..%5C..%5Ca',
    'a\\b',
    '%zz',
    'a%',
    'a%2',
    '%c0%ae%c0%ae',
    '%ff',
    '%ED%A0%80',
  ];

  it('are rejected in file URLs if they are unsafe or malformed', () => {
    const outcome = (url: string): unknown => {
      try {
        return parseRepoPath(url);
      } catch (error) {
        const { name, code } = error as HubError;
        return { name, code };
      }
    };
    const urls = ['/ns/name/resolve/main', '/ns/name/raw/main', '/api/models/ns/name/resolve/main'].flatMap((head) =>
      invalidPaths.map((tail) => `${head}/${tail}`),
    );
    const rejected = { name: 'HubError', code: 'BadRequest' };
    expect(urls.map((url) => [url, outcome(url)])).toEqual(urls.map((url) => [url, rejected]));
  });

  it.each(['tree/main/../x', 'tree/%2e%2e', 'revision/..', 'commits/a%5Cb', 'tree/main//x', 'paths-info/%00'])(
    'are rejected in API URLs: %j',
    (tail) => expect(() => parseRepoPath(`/api/models/ns/name/${tail}`)).toThrow(HubError),
  );

  it.each([
    'n%20s/name',
    'ns/na%2Fme',
    '-ns/name',
    'ns/.name',
    'ns/a..b',
    'ns/name.git',
    `ns/${'a'.repeat(97)}`,
    'ns/né',
  ])('are rejected as IDs: %j', (id) => expect(() => parseRepoPath(`/api/models/${id}/tree/main`)).toThrow(HubError));
});

describe('other URLs', () => {
  it.each([
    '/',
    '',
    '/ns/name',
    '/api',
    '/api/models',
    '/api/datasets?search=x',
    '/datasets/ns/name',
    '/ns/name/tree/main',
    '/ns/name/blob/main/a',
    '/api/models/ns/name/unknown/main',
    '/api/models/ns/name/preupload/main',
    '/api/users/u/profile',
    '/api/whoami-v2',
    '/models/ns/name/refs',
  ])('return undefined: %j', (url) => expect(parseRepoPath(url)).toBeUndefined());

  it('do not use names of JavaScript object properties as repository types', () => {
    for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(parseRepoPath(`/api/${word}/ns/name`)).toBeUndefined();
      expect(parseRepoPath(`/${word}/name/resolve/main/a`)?.repo).toEqual(repo('model', word, 'name'));
    }
  });
});

it('decodes the query and keeps the path as requested', () => {
  expect(parseRepoPath('/api/models/ns/name/tree/a%2Fb?recursive=true&expand=a&expand=b+c&x=%26')).toMatchObject({
    path: '/api/models/ns/name/tree/a%2Fb',
    rest: ['a/b'],
    query: [
      ['recursive', 'true'],
      ['expand', 'a'],
      ['expand', 'b c'],
      ['x', '&'],
    ],
  });
  expect(parseRepoPath('/api/models/ns/name?')?.query).toEqual([]);
});

describe('for any input', () => {
  const idSegment = fc
    .stringMatching(/^\w[\w.-]{0,20}$/)
    .filter((s) => !s.includes('..') && !s.endsWith('.git') && !VERBS.has(s));
  const segment = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((s) => !/[/\\\0]/.test(s) && s !== '.' && s !== '..');

  it('parseRepoPath is the inverse of encodePath', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('models', 'datasets', 'spaces'),
        fc.array(idSegment, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(...READ_VERBS),
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        (types, id, verb, rest) => {
          fc.pre(types !== 'spaces' || id.length === 2); // Spaces always have a namespace
          const parsed = parseRepoPath(encodePath(['api', types, ...id, verb, ...rest]));
          const [name, namespace] = [id.at(-1), id.length === 2 ? id[0] : ''];
          expect(parsed).toMatchObject({ repo: { type: types.slice(0, -1), namespace, name }, verb, rest });
        },
      ),
    );
  });

  it('parseRepoPath returns undefined, throws BadRequest or returns a safe path', () => {
    const bits = [
      '..',
      '.',
      '%2e',
      '%2F',
      '/',
      '\\',
      '%5c',
      '%00',
      '%',
      'zz',
      'a',
      'api',
      'models',
      'resolve',
      'tree',
      '?',
      '',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...bits, '/'), { maxLength: 14 }), (parts) => {
        try {
          const parsed = parseRepoPath(`/${parts.join('')}`);
          for (const piece of parsed?.rest.flatMap((part) => part.split('/')) ?? [])
            expect(['', '.', '..'].includes(piece) || /[\\\0]/.test(piece)).toBe(false);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BadRequest' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
