import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let alice: TestUser;
let bob: TestUser;
let store: LocalRepos;
let repo: string;
let repoCount = 0;

beforeAll(async () => {
  hub = await startHub();
  store = LocalRepos.of(hub.app);
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
});
afterAll(() => hub.close());
beforeEach(async () => {
  const name = `m${(repoCount += 1)}`;
  await store.createRepository({
    repo: { type: 'model', namespace: 'alice', name },
    ownerName: 'alice',
    private: false,
  });
  repo = `/api/models/alice/${name}`;
});

const post = (path: string, body: RequestOptions['body'], headers: object = alice.headers): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson', ...headers } });
const commit = (body: RequestOptions['body'], headers?: object): Promise<HttpResponse> =>
  post(`${repo}/commit/main`, body, headers);
const get = async <T>(path: string): Promise<T> => (await sendRequest(hub.url, path)).json() as T;
const head = async (): Promise<string> => (await get<{ sha: string }>(repo)).sha;
const file = (path: string): Promise<HttpResponse> =>
  sendRequest(hub.url, `${repo.replace('/api/models', '')}/resolve/main/${path}`);
const paths = async (): Promise<string[]> =>
  (await get<{ type: string; path: string }[]>(`${repo}/tree/main?recursive=true`))
    .filter(({ type }) => type === 'file')
    .map(({ path }) => path);
const spoolFiles = (): Promise<string[]> => readdir(join(hub.config.dataDir, 'blobs', 'incoming'));
const refusal = async (body: string): Promise<{ status: number; error: string }> => {
  const before = await head();
  const { status, json } = await commit(body);
  expect(await head()).toBe(before);
  return { status, error: (json() as { error: string }).error };
};

describe('a commit over HTTP', () => {
  it('returns the response that clients expect', async () => {
    const response = await commit(
      commitBody('Add', fileLine('a.txt', 'one'), fileLine('d/b.bin', Buffer.from([0, 255]))),
    );
    expect(response.status).toBe(200);
    const commitOid = await head();
    const commitUrl = `${hub.url}${repo.replace('/api/models', '')}/commit/${commitOid}`;
    expect(response.json()).toEqual({ success: true, commitOid, commitUrl, hookOutput: '' });
    expect((await file('d/b.bin')).body).toEqual(Buffer.from([0, 255]));
    const [entry] = await get<object[]>(`${repo}/commits/main`);
    expect(entry).toMatchObject({ id: commitOid, title: 'Add', authors: [{ user: 'alice' }] });
  });

  it.each<[string, string]>([
    ['without a last line end', commitBody('x', fileLine('f', 'text')).trimEnd()],
    ['with CRLF and empty lines', `\r\n${commitBody('x', fileLine('f', 'text')).replaceAll('\n', '\r\n\r\n')}`],
    [
      'with other members first',
      '{"value":{"summary":"x"},"key":"header"}\n{"value":{"encoding":"base64","path":"f","content":"dGV4dA=="},"key":"file"}',
    ],
    [
      'in UTF-8',
      '{"key":"header","value":{"summary":"x"}}\n{"key":"file","value":{"path":"f","content":"text","encoding":"utf-8"}}',
    ],
    [
      'with two contents for one path (the last one is used)',
      commitBody('x', fileLine('f', 'first'), fileLine('f', 'text')),
    ],
  ])('can be sent %s', async (_case, body) => {
    expect((await commit(body)).status).toBe(200);
    expect((await file('f')).body.toString()).toBe('text');
  });

  it('can delete and rename files', async () => {
    await commit(commitBody('x', fileLine('a', '1'), fileLine('d/b', '2'), fileLine('d/c', '3'), fileLine('e', '4')));
    const { status } = await commit(
      commitBody(
        'y',
        ['file', { path: 'moved', content: 'MQ==', encoding: 'base64', oldPath: 'a' }],
        ['deletedFolder', { path: 'd/' }],
        ['deletedEntry', { path: 'e' }],
      ),
    );
    expect(status).toBe(200);
    expect(await paths()).toEqual(['.gitattributes', 'moved']);
  });

  it('can delete a folder as a file, as clients do, but not move it as a file', async () => {
    await commit(commitBody('x', fileLine('d/a', '1'), fileLine('e/b', '2')));
    const moved = ['file', { path: 'f', content: '', encoding: 'utf-8', oldPath: 'e' }] as const;
    expect((await refusal(commitBody('move', [...moved]))).status).toBe(404);
    expect((await commit(commitBody('delete', ['deletedFile', { path: 'd' }]))).status).toBe(200);
    expect(await paths()).toEqual(['.gitattributes', 'e/b']);
  });

  it('spools large content to disk, whether it comes before or after its path', async () => {
    const binary = randomBytes(3_000_000).toString('base64');
    const text = 'é"\\😀\n'.repeat(400_000);
    const body = commitBody('long', fileLine('binary', binary), [
      'file',
      { path: 'words', encoding: 'utf-8', content: text },
    ]);
    expect((await commit(Readable.from(chunks(body, 61_441)))).status).toBe(200);
    expect((await file('binary')).body.toString() === binary).toBe(true);
    expect((await file('words')).body.toString() === text).toBe(true);
    expect((await file('binary')).headers['etag']).toBe(
      `"${createHash('sha1').update(`blob ${binary.length}\0`).update(binary).digest('hex')}"`,
    );
    expect(await spoolFiles()).toEqual([]);
  });

  it('can add any number of large files that were uploaded before', async () => {
    const repository = (await store.find({ type: 'model', namespace: 'alice', name: repo.split('/')[4]! }, {}))!;
    const uploads = await Promise.all(
      ['one', 'two'].map((text) => store.putLfsObject(repository, Readable.from([Buffer.from(text)]))),
    );
    const line = (path: string, oid: string, size?: number): [string, object] => [
      'lfsFile',
      { path, algo: 'sha256', oid, size },
    ];
    const lines = uploads.map(({ sha256 }, n) => line(`${n}.bin`, sha256, n === 0 ? 3 : undefined));
    expect((await commit(commitBody('large', ...lines))).status).toBe(200);
    expect((await file('1.bin')).body.toString()).toBe('two');
    const wrongSize = await refusal(commitBody('x', line('2.bin', uploads[0]!.sha256, 4)));
    expect(wrongSize).toMatchObject({ status: 400, error: expect.stringMatching(/^"2\.bin": .*has 3 bytes, not 4/) });
    const unknown = await refusal(commitBody('x', line('2.bin', 'a'.repeat(64))));
    expect(unknown).toMatchObject({ status: 400, error: expect.stringMatching(/^"2\.bin": .*was not uploaded/) });
  });

  it('can be repeated, and is refused if its parent is no longer the branch’s head', async () => {
    const parentCommit = await head();
    const body = commitBody('x', fileLine('f', '1')).replace('"description":""', `"parentCommit":"${parentCommit}"`);
    const first = (await commit(body)).json();
    expect((await commit(body)).json()).toEqual(first);
    const stale = await commit(body.replace('MQ==', 'Mg=='));
    expect([stale.status, stale.json()]).toEqual([
      412,
      {
        error: 'The branch was updated since you opened this page. Please refresh and try again.',
        detail: expect.stringContaining(parentCommit),
      },
    ]);
  });
});

describe('an invalid commit changes nothing and returns the reason', () => {
  const good = fileLine('good', 'good');
  it.each<[string, string, number, RegExp]>([
    ['an empty body', '', 400, /^The first line of a commit must be/],
    [
      'a missing header',
      commitBody('x', good).split('\n').slice(1).join('\n'),
      400,
      /^The first line of a commit must be/,
    ],
    ['two headers', commitBody('x', good) + commitBody('y'), 400, /^Line 3: "key" is "header" again/],
    ['a missing summary', '{"key":"header","value":{}}', 400, /^Line 1: "summary" must be a string/],
    ['an empty summary', commitBody(' ', good), 400, /needs a summary/],
    ['a summary of megabytes', commitBody('x'.repeat(2_000_000), good), 400, /^Line 1: the header is longer/],
    [
      'one path in many lines',
      commitBody('x', ...Array.from({ length: 1100 }, () => good)),
      400,
      /^Line 1003: more than 1000 lines write a path that an earlier line writes as well/,
    ],
    [
      'paths in too many folders',
      commitBody('x', ...Array.from({ length: 1700 }, (_, n) => fileLine(`${n}${'/d'.repeat(60)}/f`, ''))),
      400,
      /^Line \d+: the paths of this commit are in more than 100,000 folders\. Divide it into several commits\./,
    ],
    ['an endless header', commitBody('x'.repeat(70_000), good), 400, /^Line 1: the header is longer/],
    [
      'a parent that is not a commit id',
      '{"key":"header","value":{"summary":"x","parentCommit":"main"}}',
      400,
      /"parentCommit" must be a commit id/,
    ],
    ['a line that is not JSON', `${commitBody('x', good)}{"key"`, 400, /^Line 3 is not valid JSON/],
    ['a line that is not an object', `${commitBody('x', good)}[]`, 400, /^Line 3 must be an object/],
    [
      'an unknown key',
      commitBody('x', good, ['copyFile', { path: 'a' }]),
      400,
      /^Line 3: "key" is "copyFile"; it must be one of/,
    ],
    ['a missing value', commitBody('x', good, ['file', null]), 400, /^Line 3: "value" must be an object/],
    [
      'invalid base64',
      commitBody('x', good, ['file', { path: 'f', content: 'QQ=', encoding: 'base64' }]),
      400,
      /^Line 3: "content" is not valid base64/,
    ],
    [
      'long invalid base64',
      commitBody('x', good, ['file', { path: 'f', content: 'QUJD-'.repeat(400_000), encoding: 'base64' }]),
      400,
      /^Line 3: "content" is not valid base64/,
    ],
    [
      'another encoding',
      commitBody('x', good, ['file', { path: 'f', content: '', encoding: 'gzip' }]),
      400,
      /"encoding" must be/,
    ],
    ['missing content', commitBody('x', good, ['file', { path: 'f' }]), 400, /"content" must be a string/],
    [
      'a long path',
      commitBody('x', good, ['file', { path: 'f'.repeat(2_000_000), content: '' }]),
      400,
      /"path" must be a string|too long/,
    ],
    [
      'a large file without a SHA-256',
      commitBody('x', good, ['lfsFile', { path: 'f', oid: 'abc' }]),
      400,
      /"oid" must be a SHA-256/,
    ],
    [
      'a missing file to delete',
      commitBody('x', good, ['deletedFile', { path: 'none' }]),
      404,
      /^A file with this name doesn't exist$/,
    ],
    ...['../x', '/x', 'a//b', 'a/', '.git/config', 'a\\b', 'a\0b', './a', 'n'.repeat(256), 'git~1/x'].map(
      (path): [string, string, number, RegExp] => [
        `the path ${JSON.stringify(path.slice(0, 20))}`,
        commitBody('x', good, fileLine(path, 'x')),
        400,
        /^Line 3: the path ".*/,
      ],
    ),
    [
      'a path that is a file and a folder',
      commitBody('x', good, fileLine('a', '1'), fileLine('a/b', '2')),
      400,
      /"a" would be a file and a folder/,
    ],
  ])('%s', async (_case, body, status, error) => {
    expect(await refusal(body)).toEqual({ status, error: expect.stringMatching(error) });
    expect(await spoolFiles()).toEqual([]);
  });

  const codes = new Map([
    [404, 'RevisionNotFound'],
    [501, 'NotImplemented'],
  ]);
  it.each([
    ['a missing branch', 'nope', 404],
    ['a commit id', 'a'.repeat(40), 400],
    ['a tag', 'v1', 400],
    ['a pull request', 'refs%2Fpr%2F1', 501],
    ['main with create_pr', 'main?create_pr=1', 501],
    ['an invalid branch name', 'a%00b', 400],
  ])('on %s', async (_case, revision, status) => {
    const repository = (await store.find({ type: 'model', namespace: 'alice', name: repo.split('/')[4]! }, {}))!;
    await store.createTag(repository, { name: 'v1' });
    const response = await post(`${repo}/commit/${revision}`, commitBody('x', good));
    expect(response.status).toBe(status);
    expect(response.headers['x-error-code']).toBe(codes.get(status));
  });

  it('from users without write access, before its body is read', async () => {
    const endless = Readable.from(chunks('{"key":"header",'.repeat(4_000_000), 65_536));
    expect((await commit(endless, bob.headers)).status).toBe(403);
    expect((await commit(commitBody('x', good), {})).status).toBe(401);
    expect((await post('/api/models/alice/none/commit/main', commitBody('x', good))).status).toBe(404);
  });

  it('if it is longer than the limit', async () => {
    const { status } = await commit(Readable.from(['x']), { 'content-length': `${3 * 1024 ** 3}` }).catch(() => ({
      status: 0,
    }));
    expect([413, 0]).toContain(status);
  });

  it('if its body ends early', async () => {
    const before = await head();
    const { port } = new URL(hub.url);
    const body = commitBody('x', good, fileLine('long', randomBytes(2_000_000)));
    const request = [`POST ${repo}/commit/main HTTP/1.1`, 'host: h', `authorization: ${alice.headers.authorization}`];
    const socket = connect(Number(port), '127.0.0.1').resume();
    socket.end(`${[...request, `content-length: ${body.length}`].join('\r\n')}\r\n\r\n${body.slice(0, 2_000_000)}`);
    await new Promise((done) => socket.once('close', done));
    expect(await head()).toBe(before);
    expect(await spoolFiles()).toEqual([]);
  });
});

it('50 concurrent commits all succeed and form a linear history', async () => {
  const names = Array.from({ length: 50 }, (_, n) => `file-${String(n).padStart(2, '0')}`);
  const responses = await Promise.all(names.map((name) => commit(commitBody(name, fileLine(name, name)))));
  expect(responses.map(({ status }) => status)).toEqual(names.map(() => 200));
  expect(await paths()).toEqual(['.gitattributes', ...names]);
  const history = await get<{ id: string; title: string }[]>(`${repo}/commits/main?limit=100`);
  expect(history.map(({ title }) => title).sort()).toEqual([...names, 'initial commit'].sort());
  expect(new Set(responses.map((response) => (response.json() as { commitOid: string }).commitOid)).size).toBe(50);
});

describe('a folder for files that becomes unusable while the hub runs', () => {
  const blobs = (): string => join(hub.config.dataDir, 'blobs');
  const moved = (): string => join(hub.config.dataDir, 'blobs-moved');
  beforeEach(async () => {
    await commit(commitBody('Add', fileLine('kept.txt', 'kept')));
    await rename(blobs(), moved());
    await writeFile(blobs(), 'not a folder');
  });
  const restore = async (): Promise<void> => {
    await rm(blobs());
    await rename(moved(), blobs());
  };

  it.each([
    ['a small file', 10],
    ['a large file', 2_000_000],
  ])('refuses a commit of %s with a sentence, and changes nothing', async (_, size) => {
    const line = fileLine('new.bin', Buffer.alloc(size, `${size}`));
    try {
      const refused = await commit(commitBody('Add', line));
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
      expect(refused.headers['x-error-message']).toContain('The files of this hub cannot be read or written');
      expect((await file('kept.txt')).status).toBe(503);
      expect(await paths()).toContain('kept.txt');
    } finally {
      await restore();
    }
    expect((await file('kept.txt')).body.toString()).toBe('kept');
    expect((await commit(commitBody('Add', line))).status).toBe(200);
    expect(await paths()).toContain('new.bin');
  });
});

function* chunks(text: string, size: number): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
