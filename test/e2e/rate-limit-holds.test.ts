import { adminClient, type AdminClient } from '../support/admin-client.js';
import { bytes, json } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest } from '../support/send-request.js';

const COMMIT = 'a'.repeat(40);
const served: Responder = (response, request) => {
  const reply = request.url.includes('/resolve/')
    ? bytes(200, '{}', { 'x-repo-commit': COMMIT, etag: '"e"' })
    : json(200, { id: 'o/r', sha: COMMIT });
  return reply(response, request);
};
const EXHAUSTED = { ratelimit: '"api";r=0;t=200', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' };
const limited = (headers: Record<string, string>): Responder => json(429, { error: 'slow down' }, headers);

let hub: RunningHub;
let source: FakeUpstream;
let admin: AdminClient;
let id: number;

beforeAll(async () => {
  source = await FakeUpstream.start(served);
  hub = await startHub({ env: { KOHAKU_HUB_FALLBACK_SOURCES: '[]', KOHAKU_HUB_FALLBACK_NEGATIVE_TTL: '0' } });
  admin = adminClient(hub);
});
beforeEach(async () => {
  source.reply = served;
  const setting = { name: 'A', url: source.url, source_type: 'huggingface' };
  await admin('PUT', '/fallback/sources-bulk-replace', { sources: [setting] });
  [{ id }] = (await admin('GET', '/fallback-sources')).body as [{ id: number }];
  source.forget();
});
afterAll(async () => {
  await hub.close();
  await source.close();
});

const info = () => sendRequest(hub.url, '/api/models/o/r?expand=sha');
const head = () => sendRequest(hub.url, '/o/r/resolve/main/config.json', { method: 'HEAD' });

/** Makes the source limit one API request, and then serve all again. */
async function exhaust(headers: Record<string, string> = EXHAUSTED): Promise<void> {
  source.reply = limited(headers);
  expect((await info()).status).toBe(429);
  source.reply = served;
  source.forget();
}

it('a limited API does not hold downloads', async () => {
  await exhaust();
  const refused = await info();
  expect([refused.status, Number(refused.headers['retry-after']) > 190]).toEqual([429, true]);
  expect(source.requests).toEqual([]);
  expect((await head()).status).toBe(200);
});

it('a 429 that names no bucket holds all requests', async () => {
  await exhaust({ 'retry-after': '200' });
  expect([(await info()).status, (await head()).status]).toEqual([429, 429]);
  expect(source.requests).toEqual([]);
});

it('the hold and its end are in the health API, the connection test and the metrics', async () => {
  await exhaust();
  const hold = { bucket: 'api', credential: 'anonymous', until: expect.any(String) };
  const health = (await admin('GET', '/fallback-sources/health')).body as { holds: { until: string }[] }[];
  expect(health).toMatchObject([
    { breaker: 'closed', retry_at: null, holds: [hold], budgets: [{ bucket: 'api', remaining: 0, quota: 500 }] },
  ]);
  const { until } = health[0]!.holds[0]!;
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(190_000);
  expect((await admin('POST', `/fallback-sources/${id}/test`)).body).toMatchObject({
    ok: true,
    holds: [hold],
    detail: `Connected. It limits anonymous "api" requests of this hub. None are sent until ${until}.`,
  });
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  expect(metrics).toMatch(/hubfall_upstream_hold_seconds\{source="A",bucket="api",credential="anonymous"\} (19\d|200)/);
});

it.each<[string, () => Promise<unknown>]>([
  ['the cache is cleared', () => admin('DELETE', '/fallback-sources/cache/clear')],
  [
    'the source is disabled and enabled',
    async () => {
      await admin('PUT', `/fallback-sources/${id}`, { enabled: false });
      await admin('PUT', `/fallback-sources/${id}`, { enabled: true });
    },
  ],
  ['the source gets a token', () => admin('PUT', `/fallback-sources/${id}`, { token: 'hf_new' })],
  ['the URL changes', () => admin('PUT', `/fallback-sources/${id}`, { url: `${source.url}/hub` })],
])('the hold ends when %s', async (_, change) => {
  await exhaust();
  await change();
  expect((await info()).status).toBe(200);
});

it('a change of another field does not end the hold', async () => {
  await exhaust();
  await admin('PUT', `/fallback-sources/${id}`, { priority: 7 });
  expect((await info()).status).toBe(429);
});

it('a limit of requests with the token does not hold anonymous ones after the token is rejected', async () => {
  await admin('PUT', `/fallback-sources/${id}`, { token: 'hf_old' });
  await exhaust();
  expect((await info()).status).toBe(429);
  await admin('PUT', `/fallback-sources/${id}`, { token: 'hf_other' });
  source.reply = (response, request) =>
    (request.headers.authorization ? json(401, { error: 'Invalid credentials in Authorization header' }) : served)(
      response,
      request,
    );
  expect((await info()).status).toBe(200);
  source.reply = (response, request) =>
    (request.headers.authorization ? served : limited(EXHAUSTED))(response, request);
  expect((await info()).status).toBe(429);
  expect((await admin('GET', '/fallback-sources/health')).body).toMatchObject([
    { token: 'rejected', holds: [{ credential: 'anonymous' }] },
  ]);
});

describe('a budget of requests', () => {
  const reporting =
    (remaining: number): Responder =>
    (response, request) => {
      const headers = {
        ratelimit: `"api";r=${remaining};t=200`,
        'ratelimit-policy': '"fixed window";"api";q=500;w=300',
      };
      const isFile = request.url.includes('/resolve/');
      (isFile ? served : json(200, { id: 'o/r', sha: COMMIT }, headers))(response, request);
    };

  beforeEach(() => admin('PUT', `/fallback-sources/${id}`, { token: null }));

  it('is shown, and serves people until its last request', async () => {
    source.reply = reporting(1);
    expect([(await info()).status, (await info()).status]).toEqual([200, 200]);
    expect((await admin('GET', '/fallback-sources/health')).body).toMatchObject([
      { holds: [], budgets: [{ bucket: 'api', credential: 'anonymous', remaining: 1, quota: 500 }] },
    ]);
    const metrics = await (await fetch(`${hub.url}/metrics`)).text();
    expect(metrics).toContain('hubfall_upstream_budget_remaining{source="A",bucket="api",credential="anonymous"} 1');
  });

  it('is observed without a request to the source when it is used up', async () => {
    source.reply = reporting(0);
    expect((await info()).status).toBe(200);
    source.forget();
    const refused = await info();
    expect([refused.status, Number(refused.headers['retry-after']) > 190]).toEqual([429, true]);
    expect(source.requests).toEqual([]);
    expect((await head()).status).toBe(200); // another bucket
    await admin('DELETE', '/fallback-sources/cache/clear');
    expect((await info()).status).toBe(200);
  });
});
