import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { WebhookSender } from '../../src/webhooks/webhook-sender.service.js';
import { WebhookStore } from '../../src/webhooks/webhook.store.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { eventually } from '../support/eventually.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const OID = expect.stringMatching(/^[0-9a-f]{40}$/) as string;
const SECRET = 'the-secret-of-the-webhook';
const WEBHOOKS = '/api/settings/webhooks';

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly payload: Readonly<Record<string, unknown>>;
}
interface Webhook {
  readonly id: string;
}

let hub: RunningHub;
let alice: TestUser;
let bob: TestUser;
let receiver: Server;
let url = '';
let status = 200;
let received: Delivery[] = [];

const send = (path: string, options: RequestOptions = {}, user = alice): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { ...options, headers: { ...user.headers, ...options.headers } });
const post = (path: string, json: unknown = {}, user = alice) => send(path, { method: 'POST', json }, user);
const deliver = async (): Promise<Delivery[]> => {
  received = [];
  await hub.app.get(WebhookSender, { strict: false }).run();
  await hub.app.get(WebhookSender, { strict: false }).run(); // the first call may have joined a run that was about to end
  return received;
};
const create = async (json: object, user = alice): Promise<Webhook> =>
  (
    (await post(WEBHOOKS, { url, watched: [{ type: 'user', name: 'alice' }], ...json }, user)).json() as {
      webhook: Webhook;
    }
  ).webhook;

/** Webhooks of other tests would be notified, too. */
const removeWebhooks = async (): Promise<void> => {
  for (const user of [alice, bob])
    for (const { id } of (await send(WEBHOOKS, {}, user)).json() as Webhook[])
      await send(`${WEBHOOKS}/${id}`, { method: 'DELETE' }, user);
};

beforeAll(async () => {
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, payload: JSON.parse(body) as Delivery['payload'] });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  hub = await startHub({ env: { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' } });
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
});
afterAll(async () => {
  await hub.close();
  receiver.closeAllConnections();
  receiver.close();
});

it('are managed as on the Hub, without showing their secrets', async () => {
  const created = await post(WEBHOOKS, {
    url,
    watched: [{ type: 'user', name: 'alice' }],
    domains: ['repo', 'discussions'],
    secret: SECRET,
  });
  const { webhook } = created.json() as { webhook: Webhook };
  const expected = {
    id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
    url,
    watched: [{ type: 'user', name: 'alice' }],
    domains: ['repo', 'discussion'],
    disabled: false,
    has_secret: true,
  };
  expect(webhook).toEqual(expected);
  const at = `${WEBHOOKS}/${webhook.id}`;
  expect((await send(WEBHOOKS)).json()).toEqual([expected]);
  expect((await send(at)).json()).toEqual({ webhook: expected });
  expect((await post(`${at}/disable`)).json()).toEqual({ webhook: { ...expected, disabled: true } });
  expect((await post(`${at}/enable`)).json()).toEqual({ webhook: expected });
  expect((await post(at, { watched: [], domains: ['repo'] })).json()).toEqual({
    webhook: { ...expected, domains: ['repo'] },
  });
  expect((await post(at, { watched: [], url: 'https://other.example.com/' })).json()).toMatchObject({
    webhook: { has_secret: false },
  });
  for (const [path, options] of [
    [at, {}],
    [at, { method: 'DELETE' }],
    [`${at}/enable`, { method: 'POST' }],
    [`${at}/deliveries`, {}],
  ] as const)
    expect([path, (await send(path, options, bob)).status]).toEqual([path, 404]);
  for (const wrong of [
    { url: 'ftp://x' },
    { url: 'https://user:pw@example.com' },
    { watched: [{ type: 'x', name: 'y' }] },
  ])
    expect((await post(WEBHOOKS, { url, watched: [], ...wrong })).status).toBe(400);
  for (const incomplete of [{}, { url }, { watched: [] }]) expect((await post(WEBHOOKS, incomplete)).status).toBe(400);
  expect((await send(at, { method: 'DELETE' })).status).toBe(200);
  expect((await send(at)).status).toBe(404);
  expect((await send(WEBHOOKS)).json()).toEqual([]);
});

it('are notified of changes with the payloads of the Hub and their secret, never with tokens', async () => {
  const { id } = await create({ secret: SECRET });
  await post('/api/repos/create', { name: 'watched' });
  await send('/api/models/alice/watched/commit/main', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: commitBody('add', fileLine('a.txt', 'a')),
  });
  await post('/api/models/alice/watched/tag/main', { tag: 'v1' });
  await send('/api/models/alice/watched/settings', { method: 'PUT', json: { private: true } });
  await post('/api/repos/move', { fromRepo: 'alice/watched', toRepo: 'alice/renamed', type: 'model' });
  await send('/api/repos/delete', { method: 'DELETE', json: { name: 'renamed' } });
  const deliveries = [...received, ...(await deliver())].sort(
    (a, b) => Number(a.headers['x-delivery-id']) - Number(b.headers['x-delivery-id']),
  );
  const repo = { type: 'model', name: 'alice/watched', private: false };
  const content = { action: 'update', scope: 'repo.content' };
  expect(deliveries.map(({ payload }) => payload)).toMatchObject([
    { event: { action: 'create', scope: 'repo' }, repo: { ...repo, headSha: OID }, webhook: { id, version: 3 } },
    { event: content, repo, updatedRefs: [{ ref: 'refs/heads/main', oldSha: OID, newSha: OID }] },
    { event: content, repo, updatedRefs: [{ ref: 'refs/tags/v1', oldSha: null, newSha: OID }] },
    { event: { action: 'update', scope: 'repo.config' }, updatedConfig: { private: true } },
    { event: { action: 'move', scope: 'repo' }, repo: { name: 'alice/watched' }, movedTo: { name: 'alice/renamed' } },
    { event: { action: 'delete', scope: 'repo' }, repo: { name: 'alice/renamed', private: true } },
  ]);
  for (const { headers } of deliveries) {
    expect(headers['x-webhook-secret']).toBe(SECRET);
    expect(JSON.stringify(headers)).not.toContain(alice.token);
  }
  const log = (await send(`${WEBHOOKS}/${id}/deliveries`)).body.toString();
  expect(log).not.toContain(SECRET);
  expect(JSON.parse(log)).toMatchObject(Array.from({ length: 6 }, () => ({ status: 200, error: null, next_at: null })));
  const [{ id: last }] = JSON.parse(log) as [{ id: string }];
  expect((await post(`${WEBHOOKS}/${id}/deliveries/${last}/replay`)).status).toBe(200);
  expect(await deliver()).toMatchObject([{ payload: { event: { action: 'delete' } } }]);
  await send(`${WEBHOOKS}/${id}`, { method: 'DELETE' });
});

it('are only sent to readers of private repositories, and disabled ones get nothing', async () => {
  const [hidden, off] = [await create({}, bob), await create({})];
  await post(`${WEBHOOKS}/${off.id}/disable`);
  await post('/api/repos/create', { name: 'private', private: true });
  await post('/api/repos/create', { name: 'private' }); // refused: it exists
  expect(await deliver()).toEqual([]);
  await post('/api/repos/create', { name: 'public' });
  expect(await deliver()).toMatchObject([{ payload: { repo: { name: 'alice/public' } } }]);
  await send(`${WEBHOOKS}/${hidden.id}`, { method: 'DELETE' }, bob);
});

it('are sent again after an error, and after a process was killed while it sent them', async () => {
  const { id } = await create({ watched: [{ type: 'model', name: 'alice/public' }] });
  status = 500;
  await post('/api/models/alice/public/branch/dev');
  await deliver();
  const log = async () => (await send(`${WEBHOOKS}/${id}/deliveries`)).json() as { next_at: string | null }[];
  expect(await log()).toMatchObject([{ attempts: 1, status: 500, error: 'The server responded with status 500.' }]);
  expect(Date.parse((await log())[0]!.next_at!)).toBeGreaterThan(Date.now());
  status = 200;
  await post('/api/models/alice/public/branch/next');
  const store = hub.app.get(WebhookStore, { strict: false });
  const [claimed] = await store.claim({ count: 1, perAccount: 1, sending: [] });
  if (claimed) expect(Date.parse((await log())[0]!.next_at!)).toBeGreaterThan(Date.now()); // the lease of a process
  received = [];
  const database = hub.app.get<DataSource>(getDataSourceToken());
  await database.query('UPDATE webhook_deliveries SET next_at = now() WHERE next_at IS NOT NULL');
  const sent = [...received, ...(await deliver())];
  if (claimed) expect(JSON.stringify(sent)).toContain('refs/heads/next');
  expect(JSON.stringify(sent)).toContain('refs/heads/dev');
});

it('webhooks are not sent while they or their account are disabled, nor by a replay', async () => {
  await removeWebhooks();
  status = 500;
  const watched = [{ type: 'user', name: 'alice' }];
  const [own, ofBob] = [await create({}), await create({ watched }, bob)];
  const at = `${WEBHOOKS}/${own.id}`;
  await post('/api/repos/create', { name: 'quiet' });
  expect(await deliver()).toHaveLength(2);
  await post(`${at}/disable`);
  const [pending] = (await send(`${at}/deliveries`)).json() as object[];
  expect(pending).toMatchObject({ next_at: null, error: 'The webhook was disabled.' });
  const { id } = pending as { id: string };
  expect((await post(`${at}/deliveries/${id}/replay`)).status).toBe(409);
  const disable = (disabled: boolean) =>
    sendRequest(hub.url, '/admin/api/accounts/bob', {
      method: 'PUT',
      headers: { 'x-admin-token': hub.adminToken },
      json: { disabled },
    });
  await disable(true);
  await hub.app
    .get<DataSource>(getDataSourceToken())
    .query('UPDATE webhook_deliveries SET next_at = now() WHERE next_at IS NOT NULL');
  await post('/api/models/alice/quiet/tag/main', { tag: 'v1' });
  status = 200;
  expect(await deliver()).toEqual([]);
  await disable(false);
  expect((await deliver()).map(({ payload }) => (payload['webhook'] as Webhook).id)).toEqual([ofBob.id]);
});

it('webhooks of a repository are not notified of copies of it', async () => {
  await removeWebhooks();
  await post('/api/repos/create', { name: 'original' });
  await create({ watched: [{ type: 'model', name: 'alice/original' }] }, bob);
  await post('/api/models/alice/original/duplicate', { repository: 'alice/copy' });
  expect(await deliver()).toEqual([]);
});

it('webhooks do not wait for receivers of other accounts that do not respond', async () => {
  await removeWebhooks();
  const hanging = new Set<IncomingMessage>();
  const silent = createServer((request) => {
    hanging.add(request);
    request.socket.on('close', () => hanging.delete(request));
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  for (let n = 0; n < 30; n++) await create({ url: silentUrl });
  await create({ watched: [{ type: 'model', name: 'alice/original' }] }, bob);
  await post('/api/models/alice/original/tag/main', { tag: 'v2' });
  received = [];
  const run = hub.app.get(WebhookSender, { strict: false }).run();
  await eventually(() => received.length > 0 && hanging.size >= 4);
  expect([received.length, hanging.size]).toEqual([1, 4]);
  await removeWebhooks();
  silent.closeAllConnections();
  silent.close();
  await run;
});
