import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { adminClient } from '../support/admin-client.js';
import { bytes, hang, json } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { scrape } from '../support/scrape.js';
import { createTestUser } from '../support/test-users.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const METRIC = 'hubfall_upstream_request_duration_seconds_count';
const COMMIT = 'a'.repeat(40);
const head = { 'x-repo-commit': COMMIT, etag: '"e"' };

/** A download that does not end, as for a client that does not read it. */
const endless: Responder = (response, { method }) => {
  response.writeHead(200, { ...head, 'content-length': 1e9 });
  if (method === 'HEAD') response.end();
  else response.write('first');
};

/** Serves a large file and a small one; requests for `o/hangs` are not answered. */
const served: Responder = (response, received) => {
  const reply = received.url.includes('/o/hangs')
    ? hang()
    : received.url.includes('big.bin')
      ? endless
      : received.url.includes('/resolve/')
        ? bytes(200, 'small', head)
        : json(200, { id: 'o/r', sha: COMMIT });
  return reply(response, received);
};

let world: HubWithSources;
beforeAll(async () => {
  world = await startHubWithSources([served], {
    facts: [{ delivery: 'proxy' }],
    env: {
      KOHAKU_HUB_FALLBACK_MAX_CONCURRENT: '1',
      KOHAKU_HUB_FALLBACK_TIMEOUT: '60',
      KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1/32',
    },
  });
});
afterAll(() => world.close());

const health = async (): Promise<unknown> => (await adminClient(world.hub)('GET', '/fallback-sources/health')).body;

/** Sends a request from a client address, without reading the body. */
const open = (path: string, address: string, more: OutgoingHttpHeaders = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { 'x-forwarded-for': address, ...more };
    request(`${world.hub.url}${path}`, { headers, agent: false }, resolve).once('error', reject).end();
  });

it('clients that do not read their downloads leave connections for other clients, and do not affect the source', async () => {
  const big = '/o/r/resolve/main/big.bin';
  const readers = await Promise.all(Array.from({ length: 50 }, () => open(big, '192.0.2.1')));
  const statuses = readers.map(({ statusCode }) => statusCode);
  expect(statuses.filter((status) => status === 200)).toHaveLength(38); // half of what anonymous clients may use
  const refused = readers.filter(({ statusCode }) => statusCode === 429);
  expect(refused).toHaveLength(12);
  expect(refused[0]!.headers['retry-after']).toBe('5');
  const busy = (await scrape(world.hub.url)).value(METRIC, { source: 'A', status: 'busy' });
  expect(busy).toBe(12);
  for (const path of ['/o/other/resolve/main/small.txt', '/api/models/o/other']) {
    const other = await open(path, '192.0.2.2');
    expect(other.statusCode).toBe(200);
    other.resume();
  }
  expect((await open('/api/models/o/r', '192.0.2.1')).statusCode).toBe(200);
  expect(await health()).toMatchObject([{ breaker: 'closed', failures: 0, last_error: null }]);
  for (const reader of readers) reader.destroy();
});

it('accounts have their own share, while anonymous clients behind one address have one together', async () => {
  const [alice, bob] = [await createTestUser(world.hub, 'alice'), await createTestUser(world.hub, 'bob')];
  const officeAddress = '192.0.2.3';
  const readers = await Promise.all(
    Array.from({ length: 38 }, (_, n) => open(`/o/r${n}/resolve/main/big.bin`, officeAddress)),
  );
  expect(readers.map(({ statusCode }) => statusCode)).toEqual(Array(38).fill(200));
  const small = '/o/other/resolve/main/small.txt';
  const [anonymous, ...accounts] = await Promise.all([
    open(small, officeAddress),
    open(small, officeAddress, alice.headers),
    open(small, officeAddress, bob.headers),
  ]);
  expect([anonymous.statusCode, ...accounts.map(({ statusCode }) => statusCode)]).toEqual([429, 200, 200]);
  expect(anonymous.headers['x-error-message']).toBe(
    'Your other requests use your share of the connections of this hub to a source. Wait until they are finished, then try again. The source is A.',
  );
  expect(await health()).toMatchObject([{ breaker: 'closed', failures: 0 }]);
  for (const response of [...readers, anonymous, ...accounts]) response.destroy();
});

it('requests for a repository that hangs leave connections for other repositories of the same client', async () => {
  await adminClient(world.hub)('DELETE', '/fallback-sources/cache/clear');
  world.sources[0]!.forget();
  const hanging = Array.from({ length: 40 }, (_, n) => {
    const sent = request(`${world.hub.url}/api/datasets/o/hangs-${n % 2}/tree/main?n=${n}`, { agent: false });
    sent.once('error', () => undefined).end();
    return sent;
  });
  await world.sources[0]!.waitFor(2);
  expect((await open('/api/models/o/quick', '127.0.0.1')).statusCode).toBe(200);
  for (const sent of hanging) sent.destroy();
  expect(await health()).toMatchObject([{ breaker: 'closed' }]);
});
