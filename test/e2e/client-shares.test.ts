import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { commitBody, fileLine } from '../support/commit-body.js';
import { eventually } from '../support/eventually.js';
import { bytes, hang, json } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { scrape } from '../support/scrape.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const head = { 'x-repo-commit': 'a'.repeat(40), etag: '"e"' };

/** Serves a download that does not end, and small files; requests for `o/hangs` are not answered. */
const served: Responder = (response, received) => {
  if (received.url.includes('/o/hangs')) return hang()(response, received);
  if (!received.url.includes('/o/')) return json(404, {}, { 'x-error-code': 'RepoNotFound' })(response, received);
  if (!received.url.includes('/resolve/')) return json(200, { id: 'o/r', sha: 'a'.repeat(40) })(response, received);
  if (!received.url.includes('big.bin') || received.method === 'HEAD') return bytes(200, 'x', head)(response, received);
  response.writeHead(200, { ...head, 'content-length': 1e9 }).write('first');
};

let world: HubWithSources;
let ann: TestUser;
beforeAll(async () => {
  world = await startHubWithSources([served], {
    facts: [{ delivery: 'proxy' }],
    env: {
      KOHAKU_HUB_CLIENT_REQUESTS: '4',
      KOHAKU_HUB_CLIENT_STREAMS: '2',
      KOHAKU_HUB_CLIENT_CONNECTIONS: '3',
      KOHAKU_HUB_BODY_MEMORY: '32000000',
      KOHAKU_HUB_FALLBACK_TIMEOUT: '60',
      KOHAKU_HUB_FALLBACK_DEADLINE: '60',
      KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1/32',
    },
  });
  ann = await createTestUser(world.hub, 'ann');
  await sendRequest(world.hub.url, '/api/repos/create', { method: 'POST', json: { name: 'm' }, headers: ann.headers });
});
const open: ClientRequest[] = [];
/** Closes the connections of a test, and waits until the hub has noticed. */
const closeAll = async (): Promise<void> => {
  for (const sent of open.splice(0)) sent.destroy();
  await eventually(async () => (await used('requests')) === 1 && (await used('memory')) === 0); // the scrape itself
};
afterEach(closeAll);
afterAll(() => world.close());

const used = async (pool: string): Promise<number | undefined> =>
  (await scrape(world.hub.url)).value('hubfall_client_pool_used', { pool });
const refusals = async (pool: string): Promise<number | undefined> =>
  (await scrape(world.hub.url)).value('hubfall_client_refusals_total', { pool, reason: 'share' });

interface Options {
  readonly address?: string;
  readonly user?: TestUser;
  readonly token?: string;
  readonly method?: string;
  readonly body?: Buffer;
  readonly length?: number;
}

/** Sends a request, or a part of one, and leaves the connection open. */
function start(
  path: string,
  { address = '192.0.2.1', user, token, method = 'GET', body, length }: Options = {},
): ClientRequest {
  const headers = {
    'x-forwarded-for': address,
    ...user?.headers,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-length': length ?? body.length }),
  };
  const sent = request(`${world.hub.url}${path}`, { method, headers, agent: false }).on('error', () => undefined);
  open.push(sent);
  if (body) sent.write(body);
  if (!body || length === undefined) sent.end();
  return sent;
}

const responseTo = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => sent.once('response', resolve).once('error', reject));
const get = (path: string, options?: Options): Promise<IncomingMessage> => responseTo(start(path, options));

function expectRefused({ statusCode, headers }: IncomingMessage, message: string): void {
  expect([statusCode, headers['retry-after']]).toEqual([429, '5']);
  expect(headers['x-error-message']).toContain(message);
}

describe('a client with its share of requests in progress', () => {
  beforeEach(async () => {
    for (let n = 0; n < 4; n++) start(`/api/models/o/hangs-${n}`);
    await eventually(async () => (await used('requests')) === 5);
  });

  it('is refused until one of them ends', async () => {
    expectRefused(await get('/api/models/o/r'), 'Your address has too many requests in progress');
    expect(await refusals('requests')).toBe(1);
    open.shift()!.destroy();
    await eventually(async () => (await used('requests')) === 4);
    expect((await get('/api/models/o/r')).statusCode).toBe(200);
  });

  it.each<[string, string, () => Options]>([
    ['other addresses', '/api/models/o/r', () => ({ address: '192.0.2.2' })],
    ['accounts at its address', '/api/models/o/r', () => ({ user: ann })],
    ['probes', '/health/ready', () => ({})],
  ])('does not affect %s', async (_, path, options) => {
    expect((await get(path, options())).statusCode).toBe(200);
  });
});

it('uploads to links and with Xet tokens count as requests of their account, from any address', async () => {
  const send = (path: string, options: RequestOptions): Promise<HttpResponse> =>
    sendRequest(world.hub.url, path, { ...options, headers: { ...ann.headers, ...options.headers } });
  const batch = { operation: 'upload', transfers: ['basic'], objects: [{ oid: 'a'.repeat(64), size: 100 }] };
  const links = await send('/ann/m.git/info/lfs/objects/batch', {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.git-lfs+json' },
    body: JSON.stringify(batch),
  });
  const { objects } = links.json() as { objects: { actions: { upload: { href: string } } }[] };
  const link = new URL(objects[0]!.actions.upload.href).pathname;
  const token = (await send('/api/models/ann/m/xet-write-token/main', {})).json() as { accessToken: string };
  const unfinished: Options = { method: 'PUT', body: Buffer.alloc(1), length: 100 };
  const xorb: Options = { ...unfinished, method: 'POST', token: token.accessToken };
  for (const n of [1, 2]) {
    start(link, { ...unfinished, address: `198.51.100.${n}` });
    start(`/xet/v1/xorbs/default/${'b'.repeat(64)}`, { ...xorb, address: `203.0.113.${n}` });
  }
  await eventually(async () => (await used('requests')) === 5);
  expectRefused(await get('/api/models/ann/m', { user: ann }), 'Your account has too many requests in progress');
});

it('a client with its share of streams gets no further ones, but other responses', async () => {
  const big = '/o/r/resolve/main/big.bin';
  expect([(await get(big)).statusCode, (await get(big)).statusCode]).toEqual([200, 200]);
  expectRefused(await get('/o/r/resolve/main/small.txt'), 'Your address has too many downloads in progress');
  expect((await get(big, { method: 'HEAD' })).statusCode).toBe(200);
  expect((await get(big, { user: ann })).statusCode).toBe(200);
});

describe('a client with its share of memory', () => {
  const path = '/ann/m.git/git-upload-pack';
  const stalled: Options = { method: 'POST', body: Buffer.alloc(7_900_000), length: 8_000_000 };
  const complete: Options = { method: 'POST', body: Buffer.from('0000') };

  beforeEach(async () => {
    start(path, stalled);
    await eventually(async () => (await used('memory'))! >= stalled.body!.length);
  });

  it('is refused in the middle of the next body', async () => {
    expectRefused(await get(path, stalled), 'Your address has too much data in unfinished requests');
    expect(await refusals('memory')).toBe(1);
  });

  it.each<[string, () => Options]>([
    ['other addresses', () => ({ address: '192.0.2.2' })],
    ['accounts at its address', () => ({ user: ann })],
  ])('does not affect %s', async (_, options) => {
    expect((await get(path, { ...complete, ...options() })).statusCode).toBe(200);
  });
});

it('an account can upload and download while two clients use as much as they can', async () => {
  for (const address of ['198.51.100.1', '203.0.113.1']) {
    const stalled: Options = { address, method: 'POST', body: Buffer.alloc(7_900_000), length: 8_000_000 };
    for (let n = 0; n < 10; n++) {
      start('/o/r/resolve/main/big.bin', { address });
      start('/ann/m.git/git-upload-pack', stalled);
      start(`/api/models/o/hangs-${n}`, { address });
    }
  }
  await eventually(async () => (await used('requests'))! > 8);
  const body = commitBody('add', fileLine('a.txt', 'content of a file'));
  const path = '/api/models/ann/m/commit/main';
  const committed = await sendRequest(world.hub.url, path, { method: 'POST', headers: ann.headers, body });
  expect(committed.status).toBe(200);
  const file = await sendRequest(world.hub.url, '/ann/m/resolve/main/a.txt', { headers: ann.headers });
  expect([file.status, file.body.toString()]).toEqual([200, 'content of a file']);
  const external = await sendRequest(world.hub.url, '/o/r/resolve/main/small.txt', { headers: ann.headers });
  expect(external.status).toBe(200);
});

it('requests of an account are processed before waiting requests of other clients', async () => {
  let finished = 0;
  let isDone = false;
  const clients = Array.from({ length: 250 }, async (_, n) => {
    while (!isDone) {
      const response = await get('/api/models/ann/m/tree/main', { address: `198.51.100.${n}` });
      await response.resume().toArray();
      finished += 1;
    }
  });
  await eventually(() => Promise.resolve(finished > 250));
  const meanwhile: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const before = finished;
    expect((await get('/api/models/ann/m', { user: ann })).statusCode).toBe(200);
    meanwhile.push(finished - before);
  }
  isDone = true;
  await Promise.all(clients);
  // Without precedence, each request waits for all 250 others. More than a few may be processed while it waits for the database.
  expect(Math.min(...meanwhile)).toBeLessThan(60);
});

it('an address has a limited number of connections, unless it is a trusted proxy', async () => {
  const { hostname, port } = new URL(world.hub.url);
  const open = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ host: hostname, port: Number(port), localAddress });
    await once(socket, 'connect');
    return socket;
  };
  const all = [];
  for (let n = 0; n < 3; n += 1) all.push(await open('127.0.0.2'));
  const refused = await open('127.0.0.2');
  const reply = Buffer.concat((await refused.toArray()) as Buffer[]).toString();
  expect(reply).toMatch(/^HTTP\/1\.1 429 [^]*Retry-After: 5[^]*Your address has too many connections to this hub\./);
  for (let n = 0; n < 5; n += 1) all.push(await open('127.0.0.1'));
  const { value } = await scrape(world.hub.url);
  expect(value('hubfall_connections_closed_total', { reason: 'limit' })).toBe(1);
  all.shift()!.destroy();
  await eventually(async () => {
    const next = await open('127.0.0.2');
    next.write('GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const answer = Buffer.concat((await next.toArray()) as Buffer[]).toString();
    return answer.startsWith('HTTP/1.1 200');
  });
  for (const socket of all) socket.destroy();
});
