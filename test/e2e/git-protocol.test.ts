import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FLUSH, pktLine } from '../../src/repos/git/pkt-line.js';
import { BLOB_STORE, type BlobStore } from '../../src/platform/storage/blob-store.js';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { GitFixture } from '../support/git-fixture.js';
import { sha256 } from '../support/lfs-client.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const REFS = 'info/refs?service=git-upload-pack';

let fixture: GitFixture;
let bob: TestUser;
let reader: TestUser;
let open: string;
beforeAll(async () => {
  fixture = await GitFixture.start();
  bob = await createTestUser(fixture.hub, 'bob');
  reader = await createTestUser(fixture.hub, 'alice', 'read');
  open = await fixture.commit(await fixture.createRepo('open'), { 'a.txt': 'a' });
  await fixture.commit(await fixture.createRepo('secret', { private: true }), { 'a.txt': 'a' });
});
afterAll(() => fixture.close());

/** The URL of a repository with a user's name and token. */
const urlWithToken = (path: string, { name, token }: TestUser): string =>
  `${fixture.hub.url.replace('://', `://${name}:${token}@`)}${path}`;

/** A response without the headers that differ each time. */
const comparable = ({ status, headers, body }: HttpResponse): unknown => ({
  status,
  body: body.toString(),
  headers: { ...headers, date: '', 'x-request-id': '' },
});

describe('a private repository', () => {
  it('can be cloned and fetched with a token as the password', async () => {
    await fixture.git.output('', 'clone', '--quiet', urlWithToken('/alice/secret', reader), 'secret');
    await fixture.expectValidClone('secret');
    await fixture.git.output('secret', 'fetch', '--quiet');
  });

  it.each(['secret', 'nothing'])('requires credentials, and so does a missing one: %s', async (name) => {
    const result = await fixture.git.run('', 'clone', `${fixture.hub.url}/alice/${name}`, 'refused');
    expect(result.code).toBe(128);
    expect(result.stderr).toContain('could not read Username');
  });

  it.each([['secret'], ['nothing']])('is not found by other users, and neither is a missing one: %s', async (name) => {
    const result = await fixture.git.run('', 'clone', urlWithToken(`/alice/${name}`, bob), 'refused');
    expect(result.code).toBe(128);
    expect(result.stderr).toMatch(/remote: Repository not found\nfatal: repository '.*' not found/);
  });

  it('looks exactly like a missing one', async () => {
    for (const headers of [{}, bob.headers]) {
      const requests: [string, RequestOptions][] = [
        [`info/refs?service=git-upload-pack`, { headers }],
        ['git-upload-pack', { headers, method: 'POST', body: '0000' }],
      ];
      for (const [path, options] of requests) {
        const hidden = await sendRequest(fixture.hub.url, `/alice/secret.git/${path}`, options);
        const missing = await sendRequest(fixture.hub.url, `/alice/nothing.git/${path}`, options);
        expect(comparable(hidden)).toEqual(comparable(missing));
        expect(hidden.status).toBe('authorization' in headers ? 404 : 401);
        expect(hidden.headers['www-authenticate']).toBe(
          'authorization' in headers ? undefined : 'Basic realm="Access token"',
        );
      }
    }
  });

  it('cannot be cloned with an invalid token, and git prints the reason', async () => {
    const result = await fixture.git.run(
      '',
      'clone',
      urlWithToken('/alice/open', { ...bob, token: 'hf_wrong' }),
      'open',
    );
    expect(result.code).toBe(0); // git sends no token unless the server requires one
    const refused = await fixture.git.run(
      '',
      'clone',
      urlWithToken('/alice/secret', { ...bob, token: 'hf_wrong' }),
      'refused',
    );
    expect(refused.stderr).toMatch(/remote: Invalid credentials .*\nfatal: Authentication failed/);
  });
});

it('git prints the reason if a pack ends early', async () => {
  const broken = await fixture.createRepo('broken');
  const content = randomBytes(300_000);
  await fixture.commit(broken, { 'a.bin': content });
  await fixture.hub.app.get<BlobStore>(BLOB_STORE, { strict: false }).delete(sha256(content));
  const result = await fixture.git.run('', 'clone', `${fixture.hub.url}/alice/broken`, 'broken');
  expect(result.code).toBe(128);
  expect(result.stderr).toContain('remote: The hub could not send the whole repository. Try again later.');
});

describe('git push', () => {
  it.each([
    ['/alice/open', 'hf upload alice/open .'],
    ['/datasets/alice/nothing.git', 'hf upload alice/nothing . --repo-type dataset'],
  ])('to %s is refused with a message that git prints', async (path, instead) => {
    await fixture.clone('/alice/open', `push-${path.length}`);
    const result = await fixture.git.run(`push-${path.length}`, 'push', urlWithToken(path, fixture.alice), 'main');
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain(
      `remote: This hub does not support "git push". Use this command instead: HF_ENDPOINT=${fixture.hub.url} ${instead}`,
    );
  });
});

describe('the git protocol', () => {
  const askRepo = (path: string, options?: RequestOptions): Promise<HttpResponse> =>
    sendRequest(fixture.hub.url, `/alice/open${path}`, options);
  const post = (body: Buffer | string, headers: Record<string, string> = {}): Promise<HttpResponse> =>
    askRepo('.git/git-upload-pack', { method: 'POST', body, headers });
  const wants = (...more: Buffer[]): Buffer => Buffer.concat([pktLine(`want ${open}\n`), Buffer.from('0000'), ...more]);
  const done = pktLine('done\n');

  it('returns refs and packs as git expects them, without caching', async () => {
    const refs = await askRepo(`/${REFS}`);
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

  it('acknowledges common commits and reports when it can send the pack', async () => {
    const detailed = pktLine(`want ${open} multi_ack_detailed\n`);
    const [have, unknown] = [open, 'a'.repeat(40)].map((oid) => pktLine(`have ${oid}\n`));
    const negotiate = async (...lines: (Buffer | undefined)[]): Promise<string> =>
      (await post(Buffer.concat(lines.map((line) => line ?? FLUSH)))).body
        .toString('latin1')
        .replace(/PACK.*/s, 'PACK');
    expect(await negotiate(detailed, FLUSH, unknown, FLUSH)).toBe('0008NAK\n');
    const [common, ready, last] = [' common', ' ready', ''].map(
      (status) => `${pktLine(`ACK ${open}${status}\n`).toString()}`,
    );
    expect(await negotiate(detailed, FLUSH, unknown, have, FLUSH)).toBe(`${common}${ready}0008NAK\n`);
    expect(await negotiate(detailed, FLUSH, have, done)).toBe(`${common}${last}PACK`);
    expect(await negotiate(pktLine(`want ${open}\n`), FLUSH, have, FLUSH)).toBe('0008NAK\n');
    expect(await negotiate(pktLine(`want ${open}\n`), FLUSH, have, done)).toBe(`${last}PACK`);
    expect(await negotiate(detailed, pktLine('deepen 1'), FLUSH)).toBe(`0034shallow ${open}0000`);
  });

  it('accepts gzip bodies', async () => {
    const packed = await post(gzipSync(wants(done)), { 'content-encoding': 'gzip' });
    expect(packed.body).toEqual((await post(wants(done))).body);
  });

  it('accepts a single flush, which git sends as a probe before a long body', async () => {
    expect(await post('0000')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  it.each<[string, () => [Buffer | string, Record<string, string>?], number, string]>([
    ['a body that is not gzip', () => [wants(done), { 'content-encoding': 'gzip' }], 400, 'is not'],
    [
      'another content encoding',
      () => [wants(done), { 'content-encoding': 'br' }],
      415,
      'Content-Encoding br is not supported',
    ],
    ['a body over 8 MiB', () => [Buffer.alloc(8 * 1024 * 1024 + 1)], 413, 'longer than the limit of 8388608 bytes'],
    [
      'a body over 8 MiB after decompression',
      () => [gzipSync(Buffer.alloc(9 * 1024 * 1024)), { 'content-encoding': 'gzip' }],
      413,
      'longer than the limit of 8388608 bytes',
    ],
  ])('refuses %s in plain text', async (_case, sent, status, text) => {
    const result = await post(...sent());
    expect([result.status, result.headers['content-type']]).toEqual([status, 'text/plain; charset=utf-8']);
    expect(result.body.toString()).toContain(text);
  });

  it('refuses the dumb protocol of git before 1.6.6', async () => {
    for (const path of ['/info/refs', '.git/info/refs?service=git-nothing']) {
      const result = await askRepo(path);
      expect([result.status, result.body.toString()]).toEqual([
        400,
        'This hub supports only the smart HTTP protocol of git. Request ?service=git-upload-pack.\n',
      ]);
    }
  });

  it('is served also to browsers instead of the web page', async () => {
    const result = await askRepo(`.git/${REFS}`, { headers: { accept: 'text/html' } });
    expect(result.headers['content-type']).toBe('application/x-git-upload-pack-advertisement');
  });

  it('supports a repository called "info"', async () => {
    await fixture.createRepo('info');
    const result = await sendRequest(fixture.hub.url, '/api/models/alice/info/refs');
    expect(result).toMatchObject({ status: 200 });
    expect(result.json()).toMatchObject({ branches: [{ name: 'main' }] });
    await fixture.clone('/alice/info', 'info');
    const unknown = await sendRequest(fixture.hub.url, `/api/nothing/git-upload-pack`, { method: 'POST' });
    expect([unknown.status, unknown.json()]).toMatchObject([404, { error: expect.any(String) }]);
  });
});
