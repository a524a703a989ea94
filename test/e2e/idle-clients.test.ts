import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { commitBody, fileLine } from '../support/commit-body.js';
import { eventually } from '../support/eventually.js';
import type { RecordedRequest, Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { LfsClient } from '../support/lfs-client.js';
import { rawHttp } from '../support/raw-http.js';
import { scrape } from '../support/scrape.js';
import { sendRequest } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const head = { 'x-repo-commit': 'a'.repeat(40), etag: '"e"' };
/** More than the system buffers for a connection. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x');

/** Serves a file that is larger than all buffers. */
const largeFile: Responder = (response, { method }) => {
  response.writeHead(200, { ...head, 'content-length': 1e10 });
  if (method === 'HEAD') response.end();
  else Readable.from(repeat(LARGE.subarray(0, 1_000_000)), { highWaterMark: 1 }).pipe(response);
};

function* repeat(chunk: Buffer): Generator<Buffer> {
  for (;;) yield chunk;
}

let world: HubWithSources;
let ann: TestUser;
beforeAll(async () => {
  world = await startHubWithSources([largeFile], {
    facts: [{ delivery: 'proxy' }],
    env: { KOHAKU_HUB_IDLE_TIMEOUT: '0.3', KOHAKU_HUB_LFS_PART_SIZE: '100000' },
  });
  ann = await createTestUser(world.hub, 'ann');
  await sendRequest(world.hub.url, '/api/repos/create', { method: 'POST', json: { name: 'm' }, headers: ann.headers });
});
afterAll(() => world.close());

const pathOf = (href: string): string => new URL(href).pathname;
const lfs = (): LfsClient => new LfsClient(world.hub, 'ann/m', ann);

async function partLink(): Promise<string> {
  const more = { transfers: ['multipart'] };
  const { objects } = await lfs().batch('upload', [Buffer.alloc(300_000)], more);
  return pathOf(objects[0]!.actions!.upload!.header!['00001']!);
}

async function xorbHeaders(): Promise<Record<string, string>> {
  const reply = await sendRequest(world.hub.url, '/api/models/ann/m/xet-write-token/main', { headers: ann.headers });
  return { authorization: `Bearer ${(reply.json() as { accessToken: string }).accessToken}` };
}

const longLine = commitBody('long', fileLine('a', Buffer.alloc(3_000_000)));

/** The files of the hub that are open, including temporary ones without a name. */
async function openFiles(): Promise<string[]> {
  const targets = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  const folder = world.hub.config.dataDir;
  return (await Promise.all(targets)).filter((target) => target.startsWith(join(folder, 'blobs')));
}

const incoming = (): Promise<string[]> => readdir(join(world.hub.config.dataDir, 'blobs/incoming'));

type Stalled = [kind: string, send: () => Promise<{ line: string; headers?: object; start?: string | Buffer }>];

describe('a request whose body stops arriving gets a 408, and releases what it holds', () => {
  it.each<Stalled>([
    ['JSON', async () => ({ line: 'POST /api/validate-yaml', headers: { 'content-type': 'application/json' } })],
    [
      'a form',
      async () => ({
        line: 'POST /api/models/ann/m/paths-info/main',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        start: 'paths=a',
      }),
    ],
    [
      'a commit',
      async () => ({
        line: 'POST /api/models/ann/m/commit/main',
        headers: { ...ann.headers, 'content-length': longLine.length },
        start: longLine.slice(0, -100),
      }),
    ],
    [
      'an LFS batch',
      async () => ({
        line: 'POST /ann/m.git/info/lfs/objects/batch',
        headers: { ...ann.headers, 'content-type': 'application/vnd.git-lfs+json' },
      }),
    ],
    [
      'a large file',
      async () => ({
        line: `PUT ${pathOf(await lfs().uploadLink(Buffer.alloc(90_000)))}`,
        headers: { 'content-length': 90_000 },
        start: Buffer.alloc(50_000),
      }),
    ],
    [
      'a part of a large file',
      async () => ({
        line: `PUT ${await partLink()}`,
        headers: { 'content-length': 100_000 },
        start: Buffer.alloc(50_000),
      }),
    ],
    [
      'a Xet xorb',
      async () => ({
        line: `POST /xet/v1/xorbs/default/${'a'.repeat(64)}`,
        headers: await xorbHeaders(),
      }),
    ],
    ['a Xet shard', async () => ({ line: 'POST /xet/v1/shards', headers: await xorbHeaders() })],
    [
      'a git request',
      async () => ({
        line: 'POST /ann/m.git/git-upload-pack',
        headers: { 'content-type': 'application/x-git-upload-pack-request' },
      }),
    ],
    [
      'an avatar',
      async () => ({ line: 'PUT /api/users/ann/avatar', headers: { ...ann.headers, 'content-type': 'image/png' } }),
    ],
  ])('%s', async (_, send) => {
    const { line, headers, start = '{' } = await send();
    const all = { Host: 'hub', 'content-length': 200_000, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value as string}`);
    const answer = await rawHttp(
      world.hub.url,
      `${line} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${start.toString('latin1')}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('nothing has arrived for 0.3 seconds');
    await eventually(async () => (await openFiles()).length === 0 && (await incoming()).length === 0);
  });
});

describe('a connection is closed if its client', () => {
  it.each([
    ['sends nothing', ''],
    ['does not finish its headers', 'GET / HTTP/1.1\r\nHost: hub\r\n'],
  ])('%s', async (_, text) => {
    expect(await rawHttp(world.hub.url, text)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('does not read a file of a source, whose connection is closed as well', async () => {
    const { hostname, port } = new URL(world.hub.url);
    const client = connect(Number(port), hostname).pause();
    client.write('GET /o/r/resolve/main/big.bin HTTP/1.1\r\nHost: hub\r\n\r\n');
    const isDownload = ({ method, url }: RecordedRequest): boolean => method === 'GET' && url.endsWith('big.bin');
    await eventually(() => world.sources[0]!.requests.some(isDownload));
    expect(await world.sources[0]!.requests.find(isDownload)!.ended).toBe('disconnected');
    client.destroy();
  });

  it('does not read a local file, which is closed', async () => {
    const content = Buffer.alloc(LARGE.length, 'y');
    const link = pathOf(await lfs().uploadLink(content));
    expect((await sendRequest(world.hub.url, link, { method: 'PUT', body: content })).status).toBe(200);
    const { objects } = await lfs().batch('download', [content]);
    const { hostname, port } = new URL(world.hub.url);
    const client = connect(Number(port), hostname).pause();
    client.write(`GET ${pathOf(objects[0]!.actions!.download!.href)} HTTP/1.1\r\nHost: hub\r\n\r\n`);
    await eventually(async () => (await openFiles()).length === 1);
    await eventually(async () => (await openFiles()).length === 0);
    const closed = once(client.resume(), 'close');
    await closed;
    expect(client.bytesRead).toBeLessThan(content.length);
  });
});

it('closed connections are counted', async () => {
  const { value } = await scrape(world.hub.url);
  expect(value('hubfall_connections_closed_total', { reason: 'idle' })).toBeGreaterThan(5);
});
