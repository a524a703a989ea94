import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { adminClient } from '../support/admin-client.js';
import { CountingSource } from '../support/counting-source.js';
import { eventually } from '../support/eventually.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import type { HttpResponse } from '../support/send-request.js';

const MIB = 1024 * 1024;
/** Three blocks, the last of which is short. */
const LARGE = randomBytes(17 * MIB + 1);

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

type World = HubWithSources & { readonly source: CountingSource };

async function start(env: Record<string, string> = {}): Promise<World> {
  const source = new CountingSource();
  const world = await startHubWithSources([source.reply], { facts: [{ delivery: 'cache' }], env });
  return { ...world, source };
}

/** Adds a file to the source and clears the recorded requests. */
let files = 0;
function addFile({ source }: World, content = Buffer.from(LARGE)): { name: string; content: Buffer; sha256: string } {
  const name = `${++files}.bin`;
  content.writeUInt32LE(files);
  source.files.set(name, content);
  source.gets.length = 0;
  source.sent = 0;
  return { name, content, sha256: digest(content) };
}

const get = (world: HubWithSources, file: string, range?: string): Promise<HttpResponse> =>
  world.sendRequest(`/org/model/resolve/main/${file}`, range === undefined ? {} : { headers: { range } });

/** Reads a file until the cache has all of it. */
const isHit = (world: HubWithSources, file: string): Promise<void> =>
  eventually(async () => (await get(world, file)).headers['x-cache'] === 'hit');

/** Starts a download and returns when its first bytes are there. */
async function begin(world: HubWithSources, file: string): Promise<IncomingMessage> {
  const sent = httpRequest(`${world.hub.url}/org/model/resolve/main/${file}`).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  await once(response, 'readable');
  return response;
}

describe('a source with the delivery cache', () => {
  let world: World;
  beforeAll(async () => void (world = await start()));
  afterAll(() => world.close());

  it('gets one request for a file; then the file is served from this hub', async () => {
    const { name, content, sha256 } = addFile(world);
    const first = await get(world, name);
    expect([first.status, first.headers['x-cache'], digest(first.body)]).toEqual([200, 'fill', sha256]);
    await isHit(world, name);
    const second = await get(world, name);
    expect([second.status, digest(second.body)]).toEqual([200, sha256]);
    expect(second.headers).toMatchObject({
      'content-type': 'application/x-test',
      'content-length': String(content.length),
      etag: `"${sha256}"`,
      'x-source': 'A',
    });
    const range = await get(world, name, 'bytes=9000000-9000009');
    expect([range.status, range.body]).toEqual([206, content.subarray(9_000_000, 9_000_010)]);
    expect(world.source.gets).toEqual(['all']);
  });

  it('gets one request of many clients at the same time', async () => {
    const { name, content, sha256 } = addFile(world);
    const responses = await Promise.all(Array.from({ length: 4 }, () => get(world, name)));
    expect(new Set(responses.map(({ body }) => digest(body)))).toEqual(new Set([sha256]));
    expect(world.source.sent).toBe(content.length);
  });

  it('gets requests only for the blocks that ranges need, and each once', async () => {
    const { name, content, sha256 } = addFile(world);
    const last = content.length - 8;
    const footer = await get(world, name, `bytes=${last}-`);
    expect(footer.body).toEqual(content.subarray(last));
    await eventually(() => world.source.gets.includes(`bytes=${16 * MIB}-${content.length - 1}`));
    const inside = await get(world, name, `bytes=${16 * MIB + 400_000}-${16 * MIB + 499_999}`);
    expect(inside.body.equals(content.subarray(16 * MIB + 400_000, 16 * MIB + 500_000))).toBe(true);
    world.source.sent = 0;
    expect(digest((await get(world, name)).body)).toBe(sha256);
    expect(world.source.sent).toBe(16 * MIB);
  });

  it('cannot deliver a file that differs from its digest; clients then get it without the cache', async () => {
    const { name, sha256 } = addFile(world);
    world.source.corrupt = true;
    await expect(get(world, name)).rejects.toThrow();
    world.source.corrupt = false;
    const next = await get(world, name);
    expect([next.headers['x-cache'], digest(next.body)]).toEqual(['miss', sha256]);
  });

  it.each([
    ['continues', 'more than half', 12 * MIB],
    ['ends', 'less than half', 4 * MIB],
  ])('%s filling the cache if the only client leaves after %s', async (outcome, _part, offset) => {
    const { name, content, sha256 } = addFile(world);
    const [reached, released] = [deferred(), deferred()];
    world.source.beforePiece = async (at) => {
      if (at < offset) return;
      reached.resolve();
      await released.promise;
    };
    const response = await begin(world, name);
    response.resume();
    await reached.promise;
    response.destroy();
    const open = world.sources[0]!.requests.findLast(({ method }) => method === 'GET')!;
    if (outcome === 'ends') expect(await open.ended).toBe('disconnected');
    released.resolve();
    world.source.beforePiece = () => undefined;
    await open.ended;
    if (outcome === 'ends') expect(world.source.sent).toBeLessThan(content.length / 2);
    else await isHit(world, name);
    expect(digest((await get(world, name)).body)).toBe(sha256);
  });
});

describe('the admin API of the content cache', () => {
  let world: World;
  let id: number;
  const addSource = async (): Promise<void> => {
    const setting = { name: 'A', url: world.sources[0]!.url, source_type: 'huggingface', priority: 1 };
    const { status, body } = await adminClient(world.hub)('POST', '/fallback-sources', {
      ...setting,
      delivery: 'cache',
    });
    expect(status).toBe(201);
    ({ id } = body as { id: number });
  };
  beforeAll(async () => {
    world = await start({ KOHAKU_HUB_FALLBACK_SOURCES: '[]' });
    await addSource();
  });
  afterAll(() => world.close());

  const admin = async <T>(method: 'GET' | 'PUT' | 'DELETE', path: string, json?: unknown): Promise<[number, T]> => {
    const headers = { 'x-admin-token': world.hub.adminToken };
    const response = await world.sendRequest(`/admin/api/content-cache${path}`, { method, headers, json });
    return [response.status, response.json() as T];
  };

  it('lists what is cached, pins it, removes it, and counts', async () => {
    const { name, content } = addFile(world);
    await isHit(world, name);
    await get(world, name);
    const listed = { type: 'model', id: 'org/model', files: 1, bytes: content.length, pinned_files: 0 };
    await eventually(
      async () => (await admin<{ repositories: unknown[] }>('GET', '?search=ORG'))[1].repositories.length === 1,
    );
    expect(await admin('GET', '')).toEqual([
      200,
      { repositories: [{ ...listed, last_read_at: expect.any(String) }], next: null },
    ]);
    expect(await admin('PUT', '/pins/mine', { repos: 'org/model', files: '*.bin' })).toEqual([
      200,
      { id: 'mine', repos: 'org/model', files: '*.bin', revision: null },
    ]);
    expect(await admin('DELETE', '/model/org/model')).toEqual([200, { files: 0, bytes: 0, busy: 0 }]);
    expect(await admin('GET', '/model/org/model')).toMatchObject([
      200,
      { files: [{ path: name, size: content.length, bytes: content.length, pinned: true }], next: null },
    ]);
    expect((await admin('DELETE', '/pins/mine'))[0]).toBe(200);
    expect((await admin('DELETE', '/pins/mine'))[0]).toBe(404);
    expect(await admin('DELETE', '/model/org/model')).toEqual([200, { files: 1, bytes: content.length, busy: 0 }]);
    expect((await get(world, name)).headers['x-cache']).toBe('fill');
    const [, stats] = await admin<Record<string, number>>('GET', '/stats');
    expect(stats).toMatchObject({
      limit: 100e9,
      evictions: 0,
      kept_replies: expect.any(Number),
      fills: expect.any(Number),
      hits: expect.any(Number),
    });
    expect(stats['hits']).toBeGreaterThan(1);
    expect(stats['bytes_from_sources']).toBe(2 * content.length);
    expect(stats['bytes_saved']).toBe(stats['bytes_served']! - 2 * content.length);
  });

  it('keeps the files of a source that is deleted and added again', async () => {
    const { name, content, sha256 } = addFile(world, Buffer.alloc(1000, 7));
    await isHit(world, name);
    expect((await adminClient(world.hub)('DELETE', `/fallback-sources/${id}`)).status).toBe(200);
    expect((await get(world, name)).status).toBe(404);
    await addSource();
    world.source.gets.length = 0;
    const { headers, body } = await get(world, name);
    expect([headers['x-cache'], body.length, digest(body), world.source.gets]).toEqual([
      'hit',
      content.length,
      sha256,
      [],
    ]);
  });

  it.each([
    ['GET', '?cursor=x', undefined],
    ['GET', '?limit=501', undefined],
    ['GET', `/model/org/model?cursor=${Buffer.from('["a","b"]').toString('base64url')}`, undefined],
    ['PUT', '/pins/a%2Fb', { repos: 'org/model' }],
    ['PUT', '/pins/a', { repos: 'org//model' }],
    ['PUT', '/pins/a', { repos: 'org/model', files: '/x' }],
    ['DELETE', '/models/org/model', undefined],
  ] as const)('refuses %s %s %j', async (method, path, body) => {
    expect((await admin(method, path, body))[0]).toBe(400);
  });
});

describe('the limit of the content cache', () => {
  let world: World;
  beforeAll(async () => void (world = await start({ KOHAKU_HUB_CONTENT_CACHE_SIZE: '40MB' })));
  afterAll(() => world.close());

  it('excludes larger files', async () => {
    const { name, sha256 } = addFile(world, Buffer.alloc(41_000_000));
    const response = await get(world, name);
    expect([response.headers['x-cache'], digest(response.body)]).toEqual(['miss', sha256]);
  });

  it('removes the file that was read least recently for a new one', async () => {
    const added = [addFile(world), addFile(world), addFile(world)].map(({ name }) => name);
    for (const name of added) await isHit(world, name);
    expect((await get(world, added[2]!)).headers['x-cache']).toBe('hit');
    expect((await get(world, added[0]!)).headers['x-cache']).toBe('fill');
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
