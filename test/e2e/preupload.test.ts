import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const REPO = '/api/datasets/alice/data';
const TEXT = Buffer.from('only text, é').toString('base64');
const BINARY = Buffer.from([137, 80, 0, 1]).toString('base64');

let hub: RunningHub;
let alice: TestUser;
let large: string;

beforeAll(async () => {
  hub = await startHub();
  alice = await createTestUser(hub, 'alice');
  const store = LocalRepos.of(hub.app);
  const repo = { type: 'dataset', namespace: 'alice', name: 'data' } as const;
  const repository = await store.createRepository({ repo, ownerName: 'alice', private: false });
  large = (await store.putLfsObject(repository, Readable.from([Buffer.from('large')]))).sha256;
  const lines: [string, unknown][] = [
    fileLine('README.md', 'read me'),
    fileLine('.gitignore', '*.log\n!keep.log\ncache/\n'),
    fileLine('plain/.gitattributes', '*.parquet -filter\n'),
    ['lfsFile', { path: 'data.parquet', oid: large }],
  ];
  const body = commitBody('files', ...lines);
  await sendRequest(hub.url, `${REPO}/commit/main`, { method: 'POST', body, headers: alice.headers });
});
afterAll(() => hub.close());

const preupload = (
  json: object,
  revision = 'main',
  headers: Record<string, string> = alice.headers,
): Promise<HttpResponse> => sendRequest(hub.url, `${REPO}/preupload/${revision}`, { method: 'POST', json, headers });
const preuploadFile = async (file: object, more: object = {}): Promise<Record<string, unknown>> => {
  const response = await preupload({ files: [{ sample: TEXT, size: 10, ...file }], ...more });
  expect(response.status).toBe(200);
  return (response.json() as { files: Record<string, unknown>[] }).files[0]!;
};

describe('preupload', () => {
  it('returns upload mode, ignore flag and current id of each file', async () => {
    const gitOid = createHash('sha1').update('blob 7\0read me').digest('hex');
    const files = ['README.md', 'data.parquet', 'new file é.txt', 'README.md'];
    const response = await preupload({ files: files.map((path) => ({ path, sample: TEXT, size: 7 })) });
    const { sha } = (await sendRequest(hub.url, REPO)).json() as { sha: string };
    const regular = { uploadMode: 'regular', shouldIgnore: false };
    expect(response.json()).toEqual({
      commitOid: sha,
      files: [
        { path: 'README.md', ...regular, oid: gitOid },
        { path: 'data.parquet', uploadMode: 'lfs', shouldIgnore: false, oid: large },
        { path: 'new file é.txt', ...regular },
        { path: 'README.md', ...regular, oid: gitOid },
      ],
    });
  });

  it.each<[string, object, object, string]>([
    ['an LFS extension', { path: 'x/y.parquet' }, {}, 'lfs'],
    ['an extension that a folder’s .gitattributes excludes', { path: 'plain/y.parquet' }, {}, 'regular'],
    [
      'attributes in the request that exclude it',
      { path: 'y.parquet' },
      { gitAttributes: '*.txt filter=lfs' },
      'regular',
    ],
    ['attributes in the request that include it', { path: 'y.txt' }, { gitAttributes: '*.txt filter=lfs' }, 'lfs'],
    ['an empty file', { path: 'y.parquet', size: 0 }, {}, 'regular'],
    ['10 MB', { path: 'y', size: 10 * 1024 * 1024 }, {}, 'regular'],
    ['more than 10 MB', { path: 'y', size: 10 * 1024 * 1024 + 1 }, {}, 'lfs'],
    ['a small binary', { path: 'y', size: 100_000, sample: BINARY }, {}, 'regular'],
    ['a larger binary', { path: 'y', size: 100_001, sample: BINARY }, {}, 'lfs'],
    ['a larger text', { path: 'y', size: 100_001 }, {}, 'regular'],
    ['a larger text whose sample ends within a character', { path: 'y', size: 100_001, sample: 'YcM=' }, {}, 'regular'],
    ['a larger file in another encoding', { path: 'y', size: 100_001, sample: 'YcMo' }, {}, 'lfs'],
    ['no sample', { path: 'y', size: 100_001, sample: undefined }, {}, 'regular'],
  ])('for %s (%j %j) returns %s', async (_case, file, more, mode) => {
    expect(await preuploadFile(file, more)).toMatchObject({ uploadMode: mode });
  });

  it.each<[string, object, boolean]>([
    ['x.log', {}, true],
    ['deep/x.log', {}, true],
    ['keep.log', {}, false],
    ['cache/x', {}, true],
    ['CACHE/x', {}, false],
    ['x.log', { gitIgnore: '*.txt' }, false],
    ['x.txt', { gitIgnore: '*.txt' }, true],
    ['x.log', { gitIgnore: '' }, false],
  ])('for %s with %j returns shouldIgnore %s', async (path, more, ignored) => {
    expect(await preuploadFile({ path }, more)).toMatchObject({ path, shouldIgnore: ignored });
  });

  it.each<[string, object, string, number?]>([
    [
      'a path with ".."',
      {
        files: [
          { path: 'ok', size: 1 },
          { path: '../x', size: 1 },
        ],
      },
      'files.1.path',
      422,
    ],
    ['a path with a backslash', { files: [{ path: '..\\x', size: 1 }] }, 'files.0.path', 422],
    ['a missing size', { files: [{ path: 'x' }] }, 'files.0.size'],
    ['a sample that is not base64', { files: [{ path: 'x', size: 1, sample: '-' }] }, 'files.0.sample'],
    ['a missing file list', {}, 'files'],
  ])('refuses %s and names the field', async (_case, body, field, status = 400) => {
    const response = await preupload(body);
    expect(response.status).toBe(status);
    expect((response.json() as { fields: { field: string }[] }).fields.map((fault) => fault.field)).toContain(field);
  });

  it('requires write access and an existing revision', async () => {
    const body = { files: [] };
    const bob = await createTestUser(hub, 'bob');
    expect((await preupload(body, 'main', bob.headers)).status).toBe(403);
    expect((await preupload(body, 'main', {})).status).toBe(401);
    expect((await preupload(body, 'none')).headers['x-error-code']).toBe('RevisionNotFound');
    expect((await preupload(body, 'main?create_pr=1')).status).toBe(501);
    expect((await preupload(body, 'main?create_pr=0')).status).toBe(200);
  });
});

describe('a commit', () => {
  const binary = Buffer.alloc(150_000, 1).fill(0, 10, 20);
  const longText = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5\n`;

  const commit = (...lines: [string, unknown][]): Promise<HttpResponse> =>
    sendRequest(hub.url, `${REPO}/commit/main`, {
      method: 'POST',
      body: commitBody('inline', ...lines),
      headers: alice.headers,
    });
  const infoOf = async (path: string) => {
    const response = await sendRequest(hub.url, `${REPO}/paths-info/main`, { method: 'POST', json: { paths: [path] } });
    return (response.json() as { size: number; lfs?: { oid: string } }[])[0];
  };

  it.each<[string, Buffer, 'lfs' | 'regular']>([
    ['weights.safetensors', Buffer.from('weights'), 'lfs'],
    ['deep/folder/rows.parquet', Buffer.from('rows'), 'lfs'],
    ['long.txt', longText, 'lfs'],
    ['binary.dat', binary, 'lfs'],
    ['icon.dat', binary.subarray(0, 90_000), 'regular'],
    ['text.dat', Buffer.alloc(150_000, 'x'), 'regular'],
    ['plain/rows.parquet', Buffer.from('rows'), 'regular'],
    ['empty.safetensors', Buffer.alloc(0), 'regular'],
  ])('stores %s with its content as preupload requires', async (path, content, mode) => {
    const sample = content.subarray(0, 512).toString('base64');
    expect(await preuploadFile({ path, size: content.length, sample })).toMatchObject({ uploadMode: mode });
    expect((await commit(fileLine(path, content))).status).toBe(200);
    const info = await infoOf(path);
    const oid = createHash('sha256').update(content).digest('hex');
    expect(info).toMatchObject({ size: content.length, ...(mode === 'lfs' && { lfs: { oid } }) });
    expect('lfs' in info!).toBe(mode === 'lfs');
    const resolved = await sendRequest(hub.url, `/datasets/alice/data/resolve/main/${path}`);
    expect(resolved.body.equals(content)).toBe(true);
    expect((await preuploadFile({ path, size: content.length, sample })).oid).toBe(
      mode === 'lfs' ? oid : resolved.headers['etag']!.replaceAll('"', ''),
    );
  });

  it('uses its own new attributes, at any position in the commit', async () => {
    const attributes = '*.special filter=lfs\n*.bin -filter\n';
    const files = ['own/a.special', 'own/b.bin'].map((path) => fileLine(path, 'text'));
    expect((await commit(...files, fileLine('own/.gitattributes', attributes))).status).toBe(200);
    expect([await infoOf('own/a.special'), await infoOf('own/b.bin')].map((info) => 'lfs' in info!)).toEqual([
      true,
      false,
    ]);
    const next = [fileLine('own/c.special', 'c'), fileLine('own/d.bin', 'd')];
    expect((await commit(...next, ['deletedFile', { path: 'own/.gitattributes' }])).status).toBe(200);
    expect([await infoOf('own/c.special'), await infoOf('own/d.bin')].map((info) => 'lfs' in info!)).toEqual([
      false,
      true,
    ]);
  });

  it('keeps a pointer that the client has written', async () => {
    expect((await commit(fileLine('pointer.bin', pointer))).status).toBe(200);
    expect(await infoOf('pointer.bin')).toMatchObject({ size: pointer.length });
    expect((await sendRequest(hub.url, '/datasets/alice/data/raw/main/pointer.bin')).body.toString()).toBe(pointer);
  });

  describe('with files that only their size sends to LFS', () => {
    const attributes = async (): Promise<string> =>
      (await sendRequest(hub.url, '/datasets/alice/data/raw/main/.gitattributes')).body.toString();
    const lineOf = (pattern: string): string => `${pattern} filter=lfs diff=lfs merge=lfs -text`;

    it('adds a line to .gitattributes for each, so that git checks out their content', async () => {
      const before = await attributes();
      const names = ['sized/my [1] file.dat', '#sized.dat', 'sized/tracked.bin'];
      expect((await commit(...names.map((path) => fileLine(path, binary)))).status).toBe(200);
      const after = await attributes();
      expect(after.startsWith(before)).toBe(true);
      expect(after.slice(before.length).split('\n')).toEqual([
        lineOf('sized/my[[:space:]]\\[1\\][[:space:]]file.dat'),
        lineOf('\\#sized.dat'),
        '',
      ]);
      expect((await commit(fileLine('#sized.dat', Buffer.concat([binary, binary])))).status).toBe(200);
      expect(await attributes()).toBe(after);
    });

    it('keeps the .gitattributes of the commit itself, and lines of concurrent commits', async () => {
      const own = `${await attributes()}*.own filter=lfs`;
      const commits = [
        commit(fileLine('.gitattributes', own), fileLine('both/a.dat', binary)),
        ...['b', 'c', 'd'].map((name) => commit(fileLine(`both/${name}.dat`, binary))),
      ];
      expect((await Promise.all(commits)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const lines = (await attributes()).split('\n');
      expect(lines).toEqual(expect.arrayContaining(['*.own filter=lfs', lineOf('both/a.dat')]));
      expect((await commit(fileLine('both/e.dat', binary))).status).toBe(200);
      expect(await attributes()).toContain(lineOf('both/e.dat'));
    });

    it('is not repeated if its response was lost', async () => {
      const parentCommit = ((await sendRequest(hub.url, REPO)).json() as { sha: string }).sha;
      const send = async (): Promise<unknown> => {
        const header = ['header', { summary: 'lost', description: '', parentCommit }] as const;
        const body = [header, fileLine('lost.dat', binary)]
          .map(([key, value]) => `${JSON.stringify({ key, value })}\n`)
          .join('');
        return (
          await sendRequest(hub.url, `${REPO}/commit/main`, { method: 'POST', body, headers: alice.headers })
        ).json();
      };
      const first = await send();
      expect(first).toMatchObject({ success: true });
      expect(await send()).toEqual(first);
    });
  });

  it('is not repeated if its response was lost', async () => {
    const first = (await commit(fileLine('again.bin', 'again'))).json() as { commitOid: string };
    expect((await commit(fileLine('again.bin', 'again'))).json()).toMatchObject({ commitOid: first.commitOid });
  });
});
