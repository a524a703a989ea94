import { DataSource } from 'typeorm';
import { ReservedNames } from '../../src/fallback/resolver/reserved-names.service.js';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { json, reset } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import type { RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const SHA = 'a'.repeat(40);
const list = json(200, [{ id: 'alice/theirs' }, { id: 'stranger/model' }]);
const account = json(200, { user: 'alice', name: 'alice', fullname: 'Another person', type: 'user' });

/** A hub that has everything. */
const everything: Responder = (response, request) => {
  const [path = ''] = request.url.split('?');
  if (/^\/api\/\w+$/.test(path)) return list(response, request);
  if (/\/(?:overview|profile)$/.test(path)) return account(response, request);
  if (path.includes('/resolve/')) return json(200, {}, { 'x-repo-commit': SHA, etag: `"${SHA}"` })(response, request);
  return json(200, { id: path.split('/').slice(3, 5).join('/'), sha: SHA })(response, request);
};

let hub: HubWithSources;
let admin: AdminClient;
let alice: TestUser;
const requests = (n: number): string[] => hub.sources[n]!.requests.map(({ url }) => url);

beforeAll(async () => {
  hub = await startHubWithSources([everything, everything], {
    facts: [{}, { namespace: 'partner' }],
    // The source has every name.
    env: { KOHAKU_HUB_FALLBACK_RESERVE_LOCAL_NAMESPACES: 'true', KOHAKU_HUB_NAMESPACE_GUARD: 'off' },
  });
  admin = adminClient(hub.hub);
  alice = await createTestUser(hub.hub, 'alice');
  await createTestOrganization(hub.hub, 'partner', { alice: 'admin' });
  const created = await hub.sendRequest('/api/repos/create', {
    method: 'POST',
    headers: alice.headers,
    json: { name: 'priv', visibility: 'private' },
  });
  expect(created.status).toBe(200);
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.sources[0]!.reply = everything;
  hub.sources.forEach((source) => source.forget());
});

const LFS = { operation: 'download', transfers: ['basic'], objects: [{ oid: 'b'.repeat(64), size: 3 }] };

interface NamedRequest {
  readonly path: (name: string) => string;
  readonly options?: RequestOptions;
}

/** Every kind of request about a repository of alice. */
const REQUESTS: readonly NamedRequest[] = [
  { path: (name) => `/alice/${name}/resolve/main/config.json`, options: { method: 'HEAD' } },
  { path: (name) => `/alice/${name}/resolve/main/config.json` },
  { path: (name) => `/alice/${name}/raw/main/config.json` },
  { path: (name) => `/api/models/alice/${name}` },
  { path: (name) => `/api/models/ALICE/${name}` },
  { path: (name) => `/api/models/alice/${name}/revision/main` },
  { path: (name) => `/api/models/alice/${name}/tree/main` },
  { path: (name) => `/api/models/alice/${name}/paths-info/main`, options: { method: 'POST', json: { paths: ['a'] } } },
  { path: (name) => `/api/models/alice/${name}/refs` },
  { path: (name) => `/api/models/alice/${name}/commits/main` },
  { path: (name) => `/api/models/alice/${name}/discussions` },
  { path: (name) => `/api/models/alice/${name}/likers` },
  { path: (name) => `/api/models/alice/${name}/auth-check` },
  { path: (name) => `/alice/${name}.git/info/refs?service=git-upload-pack` },
  { path: (name) => `/alice/${name}.git/info/lfs/objects/batch`, options: { method: 'POST', json: LFS } },
];

describe('a namespace that exists on this hub', () => {
  it.each(REQUESTS)('is not looked up in sources of other namespaces: request %#', async ({ path, options }) => {
    const response = await hub.sendRequest(path('typo'), options);
    expect([401, 404]).toContain(response.status);
    expect(requests(0)).toEqual([]);
  });

  it.each(REQUESTS)('does not reveal private repositories: request %#', async ({ path, options }) => {
    for (const reply of [everything, reset()]) {
      hub.sources[0]!.reply = reply;
      const [missing, hidden] = [
        await hub.sendRequest(path('typo'), options),
        await hub.sendRequest(path('priv'), options),
      ];
      const visible = ({ status, headers, body }: typeof missing) => {
        const { date: _date, 'x-request-id': _id, ...others } = headers;
        return { status, headers: others, body: body.toString() };
      };
      expect(visible(hidden)).toEqual(visible(missing));
    }
    expect(requests(0)).toEqual([]);
  });

  it('is not part of the lists of sources', async () => {
    const ids = async (query: string) =>
      ((await hub.sendRequest(`/api/models${query}`)).json() as { id: string }[]).map(({ id }) => id);
    expect(await ids('')).toEqual(['stranger/model']);
    hub.sources[0]!.forget();
    expect(await ids('?author=Alice')).toEqual([]);
    expect((await hub.sendRequest('/api/users/alice/repos')).json()).toMatchObject({ models: [], datasets: [] });
    expect(requests(0)).toEqual([]);
  });

  it.each([
    '/api/models?search=alice/priv',
    '/api/models?filter=base_model:alice/priv',
    '/api/models?trained_dataset=Alice/priv',
    '/api/spaces?models=alice/priv',
    '/api/models/stranger/model/discussions?search=alice/priv',
  ])('is not named to sources: %s', async (path) => {
    expect((await hub.sendRequest(path)).status).toBe(path.includes('discussions') ? 400 : 200);
    expect(requests(0)).toEqual([]);
  });

  it('does not keep searches for a word from sources', async () => {
    await hub.sendRequest('/api/models?search=alice');
    expect(requests(0)).toHaveLength(1);
  });

  it('is still looked up in sources that are configured for exactly this namespace', async () => {
    const response = await hub.sendRequest('/api/models/Partner/model');
    expect([response.status, response.headers['x-source']]).toEqual([200, 'B']);
    const lists = await hub.sendRequest('/api/models?author=partner');
    expect(lists.status).toBe(200);
    expect(requests(0)).toEqual([]);
    expect(requests(1)).toHaveLength(2);
  });

  it('is the reason that a dry run gives', async () => {
    const dryRun = (namespace: string) =>
      admin('POST', '/fallback/test/simulate', { op: 'info', repo_type: 'model', namespace, name: 'model' });
    const reason = expect.stringContaining('exists on this hub') as string;
    expect((await dryRun('alice')).body).toMatchObject({ attempts: [], reason, final: { status: 404 } });
    expect((await dryRun('partner')).body).toMatchObject({ attempts: [{ source: 'B' }], reason });
    expect((await dryRun('stranger')).body).toMatchObject({ attempts: [{ source: 'A' }], reason: null });
    expect(requests(0)).toEqual(['/api/models/stranger/model']);
  });

  it('is reserved from the creation of its account until its deletion', async () => {
    const sourceOf = async () => (await hub.sendRequest('/api/models/newcomer/model')).headers['x-source'];
    expect(await sourceOf()).toBe('A');
    await admin('POST', '/accounts', { name: 'newcomer', kind: 'user', password: 'correct horse battery' });
    expect(await sourceOf()).toBeUndefined();
    expect((await admin('DELETE', '/accounts/newcomer')).status).toBe(200);
    expect(await sourceOf()).toBe('A');
    const organization = { method: 'POST', headers: alice.headers, json: { name: 'newcomer' } } as const;
    expect((await hub.sendRequest('/api/organizations/create', organization)).status).toBeLessThan(300);
    expect(await sourceOf()).toBeUndefined();
  });

  it('is noticed within seconds if another replica creates it', async () => {
    const names = hub.hub.app.get(ReservedNames, { strict: false });
    await hub.hub.app
      .get(DataSource)
      .query(`INSERT INTO accounts (kind, name, lookup_name, full_name) VALUES ('user', 'Late', 'late', 'Late')`);
    while (!names.isLocal('late')) await new Promise((resolve) => setImmediate(resolve));
    await hub.sendRequest('/api/models/late/model');
    expect(requests(0)).toEqual([]);
  });
});

it('other namespaces are looked up as before', async () => {
  expect((await hub.sendRequest('/api/models/stranger/model')).headers['x-source']).toBe('A');
});
