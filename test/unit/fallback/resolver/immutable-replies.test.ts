import type { Attempt } from '../../../../src/domain/attempt.js';
import type { FileOperation, Operation } from '../../../../src/domain/operation.js';
import type { Source } from '../../../../src/domain/source.js';
import type { Reply } from '../../../../src/domain/upstream.js';
import { requestedCommit, immutableReply, mayCache } from '../../../../src/fallback/resolver/immutable-replies.js';

const SHA = '0123456789abcdef0123'.padEnd(40, '0');
const repo = { type: 'model', namespace: 'o', name: 'r' } as const;
const file = (more: Partial<FileOperation> = {}): FileOperation => ({
  kind: 'resolve',
  repo,
  raw: false,
  method: 'HEAD',
  revision: SHA,
  path: ['a'],
  query: [],
  conditions: {},
  ...more,
});
const json = (kind: 'revision' | 'tree' | 'commits', ...rest: string[]): Operation => ({ kind, repo, rest, query: [] });

it.each<[string, Operation, string | undefined]>([
  ['the description of a commit', json('revision', SHA), SHA],
  ['a folder of a commit', json('tree', SHA, 'sub'), SHA],
  ['paths of a commit', { kind: 'pathsInfo', repo, rest: [SHA], query: [], paths: ['a'], expand: false }, SHA],
  ['the metadata of a file of a commit', file(), SHA],
  ['a commit ID of KohakuHub', json('tree', 'f'.repeat(64)), 'f'.repeat(64)],
  ['a branch', json('tree', 'main'), undefined],
  ['no revision', json('tree'), undefined],
  ['an abbreviated ID', json('tree', SHA.slice(0, 39)), undefined],
  ['an ID in upper case', json('tree', SHA.toUpperCase()), undefined],
  ['the history of a commit', json('commits', SHA), undefined],
  ['repository info', { kind: 'info', repo, query: [] }, undefined],
  ['the content of a file', file({ method: 'GET' }), undefined],
  ['a conditional request', file({ conditions: { 'if-none-match': '"a"' } }), undefined],
])('requestedCommit of %s', (_, operation, commit) => expect(requestedCommit(operation)).toBe(commit));

describe('a reply about a commit', () => {
  it.each([
    [{ hasCredentials: false, requireAuth: false }, false, true],
    [{ hasCredentials: true, requireAuth: false }, false, false],
    [{ hasCredentials: true, requireAuth: true }, false, true],
    [{ hasCredentials: true, requireAuth: false }, true, true],
  ])('from a source with %j, with required sign-in %s, may be cached: %s', (source, requireAuth, expected) =>
    expect(mayCache(source as Source, requireAuth)).toBe(expected),
  );

  const attempt = (reply: Partial<Reply>, more: Partial<Attempt> = {}): Attempt =>
    ({
      verdict: 'serve',
      outcome: { kind: 'reply', status: 200, headers: {}, ...reply },
      ...more,
    }) as Attempt;
  const missing = { verdict: 'propagate', errorCode: 'EntryNotFound' } as const;
  const linked = { 'x-linked-size': '9', 'x-linked-etag': '"e"', 'x-repo-commit': SHA };

  it.each<[string, Attempt, Partial<Reply> | undefined]>([
    [
      'JSON',
      attempt({ json: [1], headers: { link: '<l>', 'set-cookie': 's' } }),
      { json: [1], headers: { link: '<l>' } },
    ],
    ['JSON with the commit', attempt({ json: { sha: SHA } }), { json: { sha: SHA } }],
    ['JSON with another commit', attempt({ json: { sha: 'f'.repeat(40) } }), undefined],
    ['a file of another commit', attempt({ headers: { 'x-repo-commit': 'f'.repeat(40) } }), undefined],
    [
      'a redirect with the metadata of the file',
      attempt({
        status: 302,
        location: 'https://cdn/signed',
        headers: { ...linked, 'content-length': '1000', 'content-type': 'text/plain' },
      }),
      { status: 200, headers: { ...linked, 'content-length': '9' } },
    ],
    ['a redirect without metadata', attempt({ status: 302, location: 'https://cdn/signed' }), undefined],
    [
      'a missing entry of the commit',
      attempt({ status: 404, headers: { 'x-repo-commit': SHA } }, missing),
      { status: 404, headers: { 'x-error-code': 'EntryNotFound', 'x-repo-commit': SHA } },
    ],
    ['a missing entry without a commit', attempt({ status: 404 }, missing), undefined],
    ['a missing revision', attempt({ status: 404 }, { ...missing, errorCode: 'RevisionNotFound' }), undefined],
    ['a timeout', attempt({}, { outcome: { kind: 'failure', category: 'timeout', message: '' } }), undefined],
  ])('is immutable or not: %s', (_, served, expected) => {
    const reply = immutableReply(served, SHA);
    if (expected === undefined) expect(reply).toBeUndefined();
    else expect(reply).toEqual({ kind: 'reply', status: 200, headers: {}, ...expected });
  });
});
