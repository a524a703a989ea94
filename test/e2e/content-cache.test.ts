import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { CountingSource } from '../support/counting-source.js';
import { eventually } from '../support/eventually.js';
import { useHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import type { HttpResponse } from '../support/send-request.js';

const MIB = 1024 * 1024;
/** Three blocks, the last of which is short. */
const LARGE = randomBytes(20 * MIB + 1);
const newHub = useHubWithSources();

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const ofLarge = digest(LARGE);

async function start(env: Record<string, string> = {}): Promise<HubWithSources & { source: CountingSource }> {
  const source = new CountingSource();
  source.files.set('a.bin', LARGE);
  const world = await newHub([source.reply], { facts: [{ delivery: 'cache' }], env });
  return { ...world, source };
}

const get = (world: HubWithSources, file = 'a.bin', range?: string): Promise<HttpResponse> =>
  world.sendRequest(`/org/model/resolve/main/${file}`, range === undefined ? {} : { headers: { range } });

/** Reads a file until the cache has all of it. */
const isHit = (world: HubWithSources, file?: string): Promise<void> =>
  eventually(async () => (await get(world, file)).headers['x-cache'] === 'hit');

/** Starts a download and returns when its first bytes are there. */
async function begin(world: HubWithSources): Promise<IncomingMessage> {
  const sent = httpRequest(`${world.hub.url}/org/model/resolve/main/a.bin`).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  await once(response, 'readable');
  return response;
}

describe('a source with the delivery cache', () => {
  it('gets one request for a file; then the file is served from this hub', async () => {
    const world = await start();
    const first = await get(world);
    expect([first.status, first.headers['x-cache'], digest(first.body)]).toEqual([200, 'fill', ofLarge]);
    await isHit(world);
    const second = await get(world);
    expect([second.status, digest(second.body)]).toEqual([200, ofLarge]);
    expect(second.headers).toMatchObject({
      'content-type': 'application/x-test',
      'content-length': String(LARGE.length),
      etag: `"${ofLarge}"`,
      'x-source': 'A',
    });
    const range = await get(world, 'a.bin', 'bytes=9000000-9000009');
    expect([range.status, range.body]).toEqual([206, LARGE.subarray(9_000_000, 9_000_010)]);
    expect(world.source.gets).toEqual(['all']);
  });

  it('gets one request of many clients at the same time', async () => {
    const world = await start();
    const responses = await Promise.all(Array.from({ length: 8 }, () => get(world)));
    expect(new Set(responses.map(({ body }) => digest(body)))).toEqual(new Set([ofLarge]));
    expect(world.source.sent).toBe(LARGE.length);
  });

  it('gets requests only for the blocks that ranges need, and each once', async () => {
    const world = await start();
    const last = LARGE.length - 8;
    const footer = await get(world, 'a.bin', `bytes=${last}-`);
    expect(footer.body).toEqual(LARGE.subarray(last));
    await eventually(() => world.source.gets.includes(`bytes=${16 * MIB}-${LARGE.length - 1}`));
    const inside = await get(world, 'a.bin', `bytes=${17 * MIB}-${18 * MIB}`);
    expect(inside.body.equals(LARGE.subarray(17 * MIB, 18 * MIB + 1))).toBe(true);
    world.source.sent = 0;
    expect(digest((await get(world)).body)).toBe(ofLarge);
    expect(world.source.sent).toBe(16 * MIB);
  });

  it('cannot deliver a file that differs from its digest; clients then get it without the cache', async () => {
    const world = await start();
    world.source.corrupt = true;
    await expect(get(world)).rejects.toThrow();
    world.source.corrupt = false;
    const next = await get(world);
    expect([next.headers['x-cache'], digest(next.body)]).toEqual(['miss', ofLarge]);
  });

  it.each([
    ['continues', 'more than half', 12 * MIB],
    ['ends', 'less than half', 4 * MIB],
  ])('%s filling the cache if the only client leaves after %s', async (outcome, _part, offset) => {
    const world = await start();
    const reached = deferred();
    const released = deferred();
    world.source.beforePiece = async (at) => {
      if (at < offset) return;
      reached.resolve();
      await released.promise;
    };
    const response = await begin(world);
    response.resume();
    await reached.promise;
    response.destroy();
    const [open] = world.sources[0]!.requests.filter(({ method }) => method === 'GET');
    if (outcome === 'ends') expect(await open!.ended).toBe('disconnected');
    released.resolve();
    world.source.beforePiece = () => undefined;
    await open!.ended;
    const sentBefore = world.source.sent;
    if (outcome === 'ends') expect(sentBefore).toBeLessThan(LARGE.length / 2);
    else await isHit(world);
    expect(digest((await get(world)).body)).toBe(ofLarge);
  });

  it('is used without the cache if the file exceeds the limit', async () => {
    const world = await start({ KOHAKU_HUB_CONTENT_CACHE_SIZE: '10MB' });
    const response = await get(world);
    expect([response.headers['x-cache'], digest(response.body)]).toEqual(['miss', ofLarge]);
  });

  it('loses the file that was read least recently when another one needs its space', async () => {
    const world = await start({ KOHAKU_HUB_CONTENT_CACHE_SIZE: '45MB' });
    for (const name of ['b.bin', 'c.bin']) world.source.files.set(name, randomBytes(LARGE.length));
    for (const name of ['a.bin', 'b.bin']) await isHit(world, name);
    await isHit(world, 'c.bin');
    world.source.gets.length = 0;
    expect((await get(world, 'c.bin')).headers['x-cache']).toBe('hit');
    expect((await get(world, 'a.bin')).headers['x-cache']).toBe('fill');
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
