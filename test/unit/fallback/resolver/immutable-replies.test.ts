import type { Attempt } from '../../../../src/domain/attempt.js';
import type { FileOperation, Operation } from '../../../../src/domain/operation.js';
import type { Source } from '../../../../src/domain/source.js';
import type { Reply } from '../../../../src/domain/upstream.js';
import { requestedCommit, immutableReply, mayCache } from '../../../../src/fallback/resolver/immutable-replies.js';

const SHA = '0123456789abcdef0123'.padEnd(40, '0');
const repo = { type: 'model', namespace: 'o', name: 'r' } as const;
const file = (more: Partial<FileOperation> = {}): FileOperation => ({
  ...{ kind: 'resolve', repo, raw: false, method: 'HEAD', revision: SHA, path: ['a'], query: [], conditions: {} },
  ...more,
});
const json = (kind: 'revision' | 'tree' | 'commits', ...rest: string[]): Operation => ({ kind, repo, rest, query: [] });

it.each<[string, Operation, string | undefined]>([
  ['a commit’s description', json('revision', SHA), SHA],
  ['a commit’s folder', json('tree', SHA, 'sub'), SHA],
  ['paths of a commit', { kind: 'pathsInfo', repo, rest: [SHA], query: [], paths: ['a'], expand: false }, SHA],
  ['what a file of a commit is', file(), SHA],
  ['KohakuHub’s longer ids', json('tree', 'f'.repeat(64)), 'f'.repeat(64)],
  ['a branch', json('tree', 'main'), undefined],
  ['nothing named', json('tree'), undefined],
  ['the beginning of an id', json('tree', SHA.slice(0, 39)), undefined],
  ['an id in capitals', json('tree', SHA.toUpperCase()), undefined],
  ['its history', json('commits', SHA), undefined],
  ['the repository', { kind: 'info', repo, query: [] }, undefined],
  ['a file’s bytes', file({ method: 'GET' }), undefined],
  ['a file on a condition', file({ conditions: { 'if-none-match': '"a"' } }), undefined],
])('%s', (_what, operation, commit) => expect(requestedCommit(operation)).toBe(commit));

describe('what a source says', () => {
  it.each([
    [{ hasToken: false, requireAuth: false }, false, true],
    [{ hasToken: true, requireAuth: false }, false, false],
    [{ hasToken: true, requireAuth: true }, false, true],
    [{ hasToken: true, requireAuth: false }, true, true],
  ])('with %j, where always signing in is %s, may be remembered: %s', (source, always, may) =>
    expect(mayCache(source as Source, always)).toBe(may),
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
    ['JSON that names it', attempt({ json: { sha: SHA } }), { json: { sha: SHA } }],
    ['JSON that names another commit', attempt({ json: { sha: 'f'.repeat(40) } }), undefined],
    ['a file of another commit', attempt({ headers: { 'x-repo-commit': 'f'.repeat(40) } }), undefined],
    [
      'a redirect that describes the file',
      attempt({
        ...{ status: 302, location: 'https://cdn/signed' },
        headers: { ...linked, 'content-length': '1000', 'content-type': 'text/plain' },
      }),
      { status: 200, headers: { ...linked, 'content-length': '9' } },
    ],
    ['a redirect that does not', attempt({ status: 302, location: 'https://cdn/signed' }), undefined],
    [
      'no such entry in it',
      attempt({ status: 404, headers: { 'x-repo-commit': SHA } }, missing),
      { status: 404, headers: { 'x-error-code': 'EntryNotFound', 'x-repo-commit': SHA } },
    ],
    ['no such entry, wherever it was looked for', attempt({ status: 404 }, missing), undefined],
    ['no such revision', attempt({ status: 404 }, { ...missing, errorCode: 'RevisionNotFound' }), undefined],
    ['nothing', attempt({}, { outcome: { kind: 'failure', category: 'timeout', message: '' } }), undefined],
  ])('lasts or does not: %s', (_what, made, lasting) => {
    const reply = immutableReply(made, SHA);
    if (lasting === undefined) expect(reply).toBeUndefined();
    else expect(reply).toEqual({ kind: 'reply', status: 200, headers: {}, ...lasting });
  });
});
