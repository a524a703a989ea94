import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FLUSH, pktLine } from '../../src/repos/git/pkt-line.js';
import { BLOB_STORE, type BlobStore } from '../../src/platform/storage/blob-store.js';
import { ask, type AskOptions, type Told } from '../support/ask.js';
import { GitStage } from '../support/git-stage.js';
import { sha256 } from '../support/lfs-client.js';
import { person, type Person } from '../support/people.js';

const REFS = 'info/refs?service=git-upload-pack';

let stage: GitStage;
let bob: Person;
let reader: Person;
let open: string;
beforeAll(async () => {
  stage = await GitStage.start();
  bob = await person(stage.hub, 'bob');
  reader = await person(stage.hub, 'alice', 'read');
  open = await stage.commit(await stage.make('open'), { 'a.txt': 'a' });
  await stage.commit(await stage.make('secret', { private: true }), { 'a.txt': 'a' });
});
afterAll(() => stage.close());

/** The address of a repository as somebody has it who puts the token into it. */
const signed = (path: string, { name, token }: Person): string =>
  `${stage.hub.url.replace('://', `://${name}:${token}@`)}${path}`;

/** All of an answer but for what is different every time. */
const words = ({ status, headers, body }: Told): unknown => ({
  ...{ status, body: body.toString() },
  headers: { ...headers, date: '', 'x-request-id': '' },
});

describe('a private repository', () => {
  it('is cloned with a token as the password, and fetched from then on', async () => {
    await stage.git.do('', 'clone', '--quiet', signed('/alice/secret', reader), 'secret');
    await stage.expectSound('secret');
    await stage.git.do('secret', 'fetch', '--quiet');
  });

  it.each(['secret', 'nothing'])(
    'asks nobody in particular for credentials, as what is missing does: %s',
    async (name) => {
      const told = await stage.git.run('', 'clone', `${stage.hub.url}/alice/${name}`, 'refused');
      expect(told.code).toBe(128);
      expect(told.stderr).toContain('could not read Username');
    },
  );

  it.each([['secret'], ['nothing']])('is not found by a stranger, as what is missing is not: %s', async (name) => {
    const told = await stage.git.run('', 'clone', signed(`/alice/${name}`, bob), 'refused');
    expect(told.code).toBe(128);
    expect(told.stderr).toMatch(/remote: Repository not found\nfatal: repository '.*' not found/);
  });

  it('looks exactly like a missing one', async () => {
    for (const headers of [{}, bob.headers]) {
      const asks: [string, AskOptions][] = [
        [`info/refs?service=git-upload-pack`, { headers }],
        ['git-upload-pack', { headers, method: 'POST', body: '0000' }],
      ];
      for (const [path, options] of asks) {
        const hidden = await ask(stage.hub.url, `/alice/secret.git/${path}`, options);
        const missing = await ask(stage.hub.url, `/alice/nothing.git/${path}`, options);
        expect(words(hidden)).toEqual(words(missing));
        expect(hidden.status).toBe('authorization' in headers ? 404 : 401);
        expect(hidden.headers['www-authenticate']).toBe(
          'authorization' in headers ? undefined : 'Basic realm="Access token"',
        );
      }
    }
  });

  it('is not opened by a wrong token, and git says so', async () => {
    const told = await stage.git.run('', 'clone', signed('/alice/open', { ...bob, token: 'hf_wrong' }), 'open');
    expect(told.code).toBe(0); // git shows no token where none is asked for
    const refused = await stage.git.run('', 'clone', signed('/alice/secret', { ...bob, token: 'hf_wrong' }), 'refused');
    expect(refused.stderr).toMatch(/remote: Invalid credentials .*\nfatal: Authentication failed/);
  });
});

it('git prints why a pack breaks off', async () => {
  const broken = await stage.make('broken');
  const content = randomBytes(300_000);
  await stage.commit(broken, { 'a.bin': content });
  await stage.hub.app.get<BlobStore>(BLOB_STORE, { strict: false }).delete(sha256(content));
  const told = await stage.git.run('', 'clone', `${stage.hub.url}/alice/broken`, 'broken');
  expect(told.code).toBe(128);
  expect(told.stderr).toContain('remote: The hub cannot give all of this repository at the moment');
});

describe('git push', () => {
  it.each([
    ['/alice/open', 'hf upload alice/open .'],
    ['/datasets/alice/nothing.git', 'hf upload alice/nothing . --repo-type dataset'],
  ])('to %s is refused in words that git prints', async (path, instead) => {
    await stage.clone('/alice/open', `push-${path.length}`);
    const told = await stage.git.run(`push-${path.length}`, 'push', signed(path, stage.alice), 'main');
    expect(told.code).not.toBe(0);
    expect(told.stderr).toContain(
      `remote: This hub takes no "git push". Instead: HF_ENDPOINT=${stage.hub.url} ${instead}`,
    );
  });
});

describe('on the wire', () => {
  const ask1 = (path: string, options?: AskOptions): Promise<Told> => ask(stage.hub.url, `/alice/open${path}`, options);
  const post = (body: Buffer | string, headers: Record<string, string> = {}): Promise<Told> =>
    ask1('.git/git-upload-pack', { method: 'POST', body, headers });
  const wants = (...more: Buffer[]): Buffer => Buffer.concat([pktLine(`want ${open}\n`), Buffer.from('0000'), ...more]);
  const done = pktLine('done\n');

  it('answers are what git expects, and nobody keeps them', async () => {
    const refs = await ask1(`/${REFS}`);
    expect(refs).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-git-upload-pack-advertisement', 'cache-control': 'private, no-cache' },
    });
    expect(refs.body.toString()).toMatch(
      /^001e# service=git-upload-pack\n0000[0-9a-f]{4}[0-9a-f]{40} HEAD\0.*symref=HEAD:refs\/heads\/main/,
    );
    const pack = await post(wants(done));
    expect(pack).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-git-upload-pack-result', 'cache-control': 'private, no-cache' },
    });
    expect(pack.body.toString('latin1')).toMatch(/^0008NAK\nPACK\0\0\0\u0002/);
  });

  it('a client learns what is common, and when it has told enough', async () => {
    const detailed = pktLine(`want ${open} multi_ack_detailed\n`);
    const [have, unknown] = [open, 'a'.repeat(40)].map((oid) => pktLine(`have ${oid}\n`));
    const told = async (...lines: (Buffer | undefined)[]): Promise<string> =>
      (await post(Buffer.concat(lines.map((line) => line ?? FLUSH)))).body
        .toString('latin1')
        .replace(/PACK.*/s, 'PACK');
    expect(await told(detailed, FLUSH, unknown, FLUSH)).toBe('0008NAK\n');
    const [common, ready, last] = [' common', ' ready', ''].map(
      (word) => `${pktLine(`ACK ${open}${word}\n`).toString()}`,
    );
    expect(await told(detailed, FLUSH, unknown, have, FLUSH)).toBe(`${common}${ready}0008NAK\n`);
    expect(await told(detailed, FLUSH, have, done)).toBe(`${common}${last}PACK`);
    expect(await told(pktLine(`want ${open}\n`), FLUSH, have, FLUSH)).toBe('0008NAK\n');
    expect(await told(pktLine(`want ${open}\n`), FLUSH, have, done)).toBe(`${last}PACK`);
    expect(await told(detailed, pktLine('deepen 1'), FLUSH)).toBe(`0034shallow ${open}0000`);
  });

  it('a body may come packed', async () => {
    const packed = await post(gzipSync(wants(done)), { 'content-encoding': 'gzip' });
    expect(packed.body).toEqual((await post(wants(done))).body);
  });

  it('a flush alone, with which git tries the way before it sends a long body, is let in', async () => {
    expect(await post('0000')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  it.each<[string, () => [Buffer | string, Record<string, string>?], number, string]>([
    ['no lines', () => ['hello'], 400, 'at byte 0 a line is expected'],
    [
      'an unknown commit',
      () => [Buffer.from(wants(done).toString().replace(open, 'a'.repeat(40)))],
      400,
      `no commit ${'a'.repeat(40)}`,
    ],
    [
      'something that it cannot do',
      () => [Buffer.concat([pktLine('filter blob:none'), wants(done)])],
      400,
      '"filter blob:none" is not among',
    ],
    ['nothing', () => [''], 400, 'names no commit'],
    ['what is not gzip', () => [wants(done), { 'content-encoding': 'gzip' }], 400, 'is not'],
    ['another packing', () => [wants(done), { 'content-encoding': 'br' }], 415, 'packed as br'],
    ['too much', () => [Buffer.alloc(8 * 1024 * 1024 + 1)], 413, 'longer than 8388608 bytes'],
    [
      'too much once it is unpacked',
      () => [gzipSync(Buffer.alloc(9 * 1024 * 1024)), { 'content-encoding': 'gzip' }],
      413,
      'longer than 8388608 bytes',
    ],
  ])('%s is refused in plain text', async (_case, sent, status, text) => {
    const told = await post(...sent());
    expect([told.status, told.headers['content-type']]).toEqual([status, 'text/plain; charset=utf-8']);
    expect(told.body.toString()).toContain(text);
  });

  it('the protocol of git before 1.6.6 is not spoken, and that is said', async () => {
    for (const path of ['/info/refs', '.git/info/refs?service=git-nothing']) {
      const told = await ask1(path);
      expect([told.status, told.body.toString()]).toEqual([
        400,
        "This hub speaks git's smart protocol only: ask for ?service=git-upload-pack\n",
      ]);
    }
  });

  it('no page answers for a browser that comes by', async () => {
    const told = await ask1(`.git/${REFS}`, { headers: { accept: 'text/html' } });
    expect(told.headers['content-type']).toBe('application/x-git-upload-pack-advertisement');
  });

  it('a repository that is called "info" keeps its refs', async () => {
    await stage.make('info');
    const told = await ask(stage.hub.url, '/api/models/alice/info/refs');
    expect(told).toMatchObject({ status: 200 });
    expect(told.json()).toMatchObject({ branches: [{ name: 'main' }] });
    await stage.clone('/alice/info', 'info');
    const unknown = await ask(stage.hub.url, `/api/nothing/git-upload-pack`, { method: 'POST' });
    expect([unknown.status, unknown.json()]).toMatchObject([404, { error: expect.any(String) }]);
  });
});
