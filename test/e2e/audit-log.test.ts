import { randomBytes } from 'node:crypto';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuditRetention } from '../../src/platform/audit/audit-retention.service.js';
import { DownloadCounts } from '../../src/repos/store/download-counts.service.js';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { follow, LfsClient } from '../support/lfs-client.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { eventually } from '../support/eventually.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const OID = /^[0-9a-f]{40}$/;

interface Event {
  readonly id: string;
  readonly action: string;
  readonly actor: string | null;
  readonly [field: string]: unknown;
}

let hub: RunningHub;
let admin: AdminClient;
let alice: TestUser;
let bob: TestUser;

const send = (path: string, options: RequestOptions = {}, user: TestUser = alice): Promise<HttpResponse> =>
  sendRequest(hub.url, path, {
    ...options,
    headers: { 'user-agent': 'test-client/1', ...user.headers, ...options.headers },
  });
const post = (path: string, json: unknown = {}) => send(path, { method: 'POST', json });
const put = (path: string, json: unknown) => send(path, { method: 'PUT', json });
const events = async (query = ''): Promise<Event[]> =>
  ((await admin('GET', `/audit-log${query}`)).body as { events: Event[] }).events;
/** Events since the last one that was seen. */
let seen = 0n;
async function newEvents(): Promise<Event[]> {
  const found = (await events('?limit=100')).filter(({ id }) => BigInt(id) > seen);
  if (found.length > 0) seen = BigInt(found[0]!.id);
  return found.reverse();
}

beforeAll(async () => {
  hub = await startHub();
  admin = adminClient(hub);
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
  await createTestOrganization(hub, 'lab', { alice: 'admin', bob: 'read' });
  await newEvents();
});
afterAll(() => hub.close());

/** An act, and the events that it leaves. */
type Act = readonly [title: string, act: () => Promise<unknown>, events: readonly object[]];

const commit = (text: string) =>
  send('/api/models/lab/one/commit/main', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: commitBody('add', fileLine('a.txt', text)),
  });
const ofRepo = { owner: 'lab', repo_type: 'model', repo: 'lab/one' };
const byAlice = {
  actor_kind: 'user',
  actor: 'alice',
  token: 'test',
  user_agent: 'test-client/1',
  address: '127.0.0.1',
};
const byAdmin = { actor_kind: 'break-glass', administrator: 'break-glass', actor: null, token: null };

const REPOSITORY_ACTS: readonly Act[] = [
  [
    'creating a repository',
    () => post('/api/repos/create', { name: 'one', organization: 'lab', private: true }),
    [{ action: 'repo.create', ...ofRepo, ...byAlice, data: { private: true, gated: false } }],
  ],
  ['a refused creation', () => post('/api/repos/create', { name: 'one', organization: 'lab' }), []],
  [
    'a commit',
    () => commit('one'),
    [
      {
        action: 'repo.commit',
        ...ofRepo,
        ...byAlice,
        object: 'refs/heads/main',
        data: {
          ref: 'refs/heads/main',
          oldSha: expect.stringMatching(OID) as string,
          newSha: expect.stringMatching(OID) as string,
        },
      },
    ],
  ],
  ['a repeated commit, which changes nothing', () => commit('one'), []],
  [
    'creating a branch',
    () => post('/api/models/lab/one/branch/dev'),
    [{ action: 'repo.create_branch', ...ofRepo, object: 'refs/heads/dev', data: { oldSha: null } }],
  ],
  ['a branch that exists', () => post('/api/models/lab/one/branch/dev'), []],
  [
    'creating a tag',
    () => post('/api/models/lab/one/tag/main', { tag: 'v1' }),
    [{ action: 'repo.create_tag', object: 'refs/tags/v1' }],
  ],
  [
    'deleting a tag',
    () => send('/api/models/lab/one/tag/v1', { method: 'DELETE' }),
    [{ action: 'repo.delete_tag', object: 'refs/tags/v1', data: { newSha: null } }],
  ],
  [
    'deleting a branch',
    () => send('/api/models/lab/one/branch/dev', { method: 'DELETE' }),
    [{ action: 'repo.delete_branch', object: 'refs/heads/dev' }],
  ],
  [
    'squashing',
    () => post('/api/models/lab/one/super-squash/main'),
    [{ action: 'repo.super_squash', object: 'refs/heads/main' }],
  ],
  [
    'changing settings',
    () => put('/api/models/lab/one/settings', { private: false, gated: 'auto' }),
    [
      { action: 'repo.update_settings', data: { gated: 'auto' } },
      { action: 'repo.update_settings', data: { private: false } },
    ],
  ],
  [
    'duplicating',
    () => post('/api/models/lab/one/duplicate', { repository: 'alice/copy' }),
    [{ action: 'repo.duplication', owner: 'alice', repo: 'alice/copy', data: { from: 'lab/one' } }],
  ],
  [
    'moving, which the logs of both owners have',
    () => post('/api/repos/move', { fromRepo: 'lab/one', toRepo: 'alice/two', type: 'model' }),
    [
      { action: 'repo.move', owner: 'alice', repo: 'alice/two', data: { from: 'lab/one', to: 'alice/two' } },
      { action: 'repo.move', owner: 'lab', data: { from: 'lab/one', to: 'alice/two' } },
    ],
  ],
  [
    'disabling by an administrator',
    () => admin('PUT', '/repositories/model/alice/two', { disabled: true }),
    [{ action: 'repo.disable', repo: 'alice/two', ...byAdmin }],
  ],
  [
    'enabling by an administrator',
    () => admin('PUT', '/repositories/model/alice/two', { disabled: false }),
    [{ action: 'repo.removeDisable', repo: 'alice/two', ...byAdmin }],
  ],
  [
    'deleting',
    () => send('/api/repos/delete', { method: 'DELETE', json: { name: 'two' } }),
    [{ action: 'repo.delete', owner: 'alice', repo: 'alice/two', ...byAlice }],
  ],
];

const PASSWORD = 'correct horse battery';
const signIn = (username: string, password = PASSWORD) =>
  sendRequest(hub.url, '/api/auth/login', { method: 'POST', json: { username, password } });
let session: Record<string, string>;
const inSession = (path: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', json?: unknown) =>
  sendRequest(hub.url, path, { method, json, headers: session });
const gated = '/api/models/lab/gated';

const ACCOUNT_ACTS: readonly Act[] = [
  [
    'registering',
    () =>
      sendRequest(hub.url, '/api/auth/register', { method: 'POST', json: { username: 'carol', password: PASSWORD } }),
    [{ action: 'user.create', actor_kind: 'anonymous', object: 'carol', owner: 'carol', address: '127.0.0.1' }],
  ],
  [
    'signing in',
    async () => {
      session = { cookie: ((await signIn('carol')).headers['set-cookie'] ?? '').split(';')[0]! };
    },
    [{ action: 'user.sign_in', actor: 'carol', actor_kind: 'user', token: null, data: { method: 'password' } }],
  ],
  [
    'a wrong password',
    () => signIn('carol', 'wrong password'),
    [{ action: 'user.sign_in_failed', actor_kind: 'anonymous', object: 'carol' }],
  ],
  [
    'a password in the field for the name, which is not recorded',
    () => signIn('my secret password', ''),
    [{ action: 'user.sign_in_failed', actor: null, object: null, data: { reason: 'wrong password' } }],
  ],
  [
    'creating an access token',
    () => inSession('/api/auth/tokens/create', 'POST', { name: 'laptop', role: 'read' }),
    [{ action: 'token.create', actor: 'carol', object: 'laptop', data: { role: 'read' } }],
  ],
  [
    'deleting an access token',
    async () => {
      const { tokens } = (await inSession('/api/auth/tokens', 'GET')).json() as { tokens: { id: number }[] };
      await inSession(`/api/auth/tokens/${tokens[0]!.id}`, 'DELETE');
    },
    [{ action: 'token.delete', actor: 'carol', object: 'laptop' }],
  ],
  [
    'changing a profile, without its values',
    () => inSession('/api/users/carol/settings', 'PUT', { bio: 'something private' }),
    [{ action: 'user.update_settings', owner: 'carol', data: { fields: ['bio'] } }],
  ],
  [
    'changing the password',
    () => inSession('/api/auth/password', 'POST', { old_password: PASSWORD, new_password: `${PASSWORD} 2` }),
    [{ action: 'user.change_password', actor: 'carol', data: {} }],
  ],
  ['signing out', () => inSession('/api/auth/logout', 'POST'), [{ action: 'user.sign_out', actor: 'carol' }]],
  ['signing out twice', () => inSession('/api/auth/logout', 'POST'), []],
  [
    'creating an organization',
    () => post('/api/organizations/create', { name: 'crew' }),
    [{ action: 'org.create', ...byAlice, owner: 'crew' }],
  ],
  [
    'adding a member',
    () => put('/api/organizations/crew/members/bob', { role: 'read' }),
    [{ action: 'org.add_user', owner: 'crew', object: 'bob', data: { role: 'read' } }],
  ],
  [
    'changing a role',
    () => put('/api/organizations/crew/members/bob', { role: 'write' }),
    [{ action: 'org.change_role', owner: 'crew', object: 'bob', data: { before: 'read', role: 'write' } }],
  ],
  ['a role that the member has', () => put('/api/organizations/crew/members/bob', { role: 'write' }), []],
  [
    'leaving',
    () => send('/api/organizations/crew/members/bob', { method: 'DELETE' }, bob),
    [{ action: 'org.leave', actor: 'bob', owner: 'crew', object: 'bob' }],
  ],
  [
    'removing a member',
    async () => {
      await put('/api/organizations/crew/members/bob', { role: 'write' });
      await send('/api/organizations/crew/members/bob', { method: 'DELETE' });
    },
    [{ action: 'org.add_user' }, { action: 'org.remove_user', actor: 'alice', object: 'bob' }],
  ],
  [
    'a member that an organization needs',
    () => send('/api/organizations/crew/members/alice', { method: 'DELETE' }),
    [],
  ],
  [
    'requesting access',
    async () => {
      await post('/api/repos/create', { name: 'gated', organization: 'crew', gated: 'manual' });
      await send('/crew/gated/ask-access', { method: 'POST', json: {} }, bob);
      await send('/crew/gated/ask-access', { method: 'POST', json: {} }, bob);
    },
    [
      { action: 'repo.create' },
      { action: 'repo.request_access', actor: 'bob', repo: 'crew/gated', data: { status: 'pending' } },
    ],
  ],
  [
    'deciding a request',
    () => post(`${gated.replace('lab', 'crew')}/user-access-request/handle`, { user: 'bob', status: 'accepted' }),
    [{ action: 'repo.handle_access_request', actor: 'alice', object: 'bob', data: { status: 'accepted' } }],
  ],
];

const ADMIN_ACTS: readonly Act[] = [
  [
    'creating an account',
    () => admin('POST', '/accounts', { kind: 'user', name: 'dora', password: PASSWORD }),
    [{ action: 'user.create', ...byAdmin, object: 'dora' }],
  ],
  [
    'setting a password',
    () => admin('POST', '/accounts/dora/password', { password: `${PASSWORD} 3` }),
    [{ action: 'user.set_password', ...byAdmin, object: 'dora' }],
  ],
  [
    'disabling an account',
    () => admin('PUT', '/accounts/dora', { disabled: true }),
    [{ action: 'user.disable', object: 'dora' }],
  ],
  ['deleting an account', () => admin('DELETE', '/accounts/dora'), [{ action: 'user.delete', object: 'dora' }]],
  [
    'adding a source, without its token',
    () =>
      admin('POST', '/fallback-sources', {
        name: 'Hub',
        url: 'https://hub.example.com',
        source_type: 'huggingface',
        token: 'hf_secretsecretsecret',
        enabled: false,
      }),
    [{ action: 'source.create', ...byAdmin, object: 'Hub' }],
  ],
  [
    'changing and deleting a source',
    async () => {
      const [{ id }] = (await admin('GET', '/fallback-sources')).body as [{ id: number }];
      await admin('PUT', `/fallback-sources/${id}`, { token: 'hf_othersecretothersecret' });
      await admin('DELETE', `/fallback-sources/${id}`);
    },
    [
      { action: 'source.update', object: 'Hub', data: { fields: ['token'] } },
      { action: 'source.delete', object: 'Hub' },
    ],
  ],
  ['a source that is refused', () => admin('POST', '/fallback-sources', { name: '' }), []],
  [
    'going offline and online',
    async () => {
      await admin('PUT', '/offline', { offline: true });
      await admin('PUT', '/offline', { offline: false });
    },
    [
      { action: 'source.set_offline', data: { offline: true } },
      { action: 'source.set_offline', data: { offline: false } },
    ],
  ],
  [
    'clearing the cache, with its start and its outcome',
    () => admin('DELETE', '/fallback-sources/cache/clear'),
    [
      { action: 'cache.clear', ...byAdmin, data: { state: 'started' }, message: 'Cleared the cache (started)' },
      { action: 'cache.clear', ...byAdmin, data: { state: 'done', entries: 0 }, message: 'Cleared the cache' },
    ],
  ],
  [
    'removing a repository from the caches',
    async () => {
      await admin('DELETE', '/fallback-sources/cache/repo/model/acme/bert');
      await admin('DELETE', '/content-cache/model/acme/bert');
    },
    [
      { action: 'cache.evict', object: 'model acme/bert', data: { state: 'started' } },
      { action: 'cache.evict', data: { state: 'done', entries: 0 } },
      { action: 'content_cache.evict', object: 'model acme/bert', data: { state: 'started' } },
      { action: 'content_cache.evict', data: { state: 'done', files: 0 } },
    ],
  ],
  [
    'a rotation of the secret key that is refused',
    () => admin('POST', '/secret-keys/rotate'),
    [
      { action: 'hub.rotate_secret_key', data: { state: 'started' } },
      { action: 'hub.rotate_secret_key', data: { state: 'failed', error: 'Conflict' } },
    ],
  ],
  [
    'starting a garbage collection',
    () => admin('POST', '/storage/collect'),
    [{ action: 'hub.collect_garbage', ...byAdmin, data: { collection: expect.any(Number) } }],
  ],
  [
    'pinning and unpinning files',
    async () => {
      await admin('PUT', '/content-cache/pins/p', { repos: 'acme/*' });
      await admin('DELETE', '/content-cache/pins/p');
      await admin('DELETE', '/content-cache/pins/p');
    },
    [
      { action: 'content_cache.pin', object: 'p' },
      { action: 'content_cache.unpin', object: 'p' },
    ],
  ],
  [
    'starting and canceling a prefetch job',
    async () => {
      const order = { repos: [{ type: 'model', id: 'acme/model' }], schedule: '0 3 1 1 *' };
      const { body } = await admin('POST', '/prefetch', order);
      const { id } = body as { id: number };
      await admin('POST', `/prefetch/${id}/pause`);
      await admin('POST', `/prefetch/${id}/resume`);
      await admin('DELETE', `/prefetch/${id}`);
    },
    [
      { action: 'prefetch.start', ...byAdmin },
      { action: 'prefetch.pause' },
      { action: 'prefetch.resume' },
      { action: 'prefetch.cancel' },
    ],
  ],
];

it.each([...REPOSITORY_ACTS, ...ACCOUNT_ACTS, ...ADMIN_ACTS])('%s', async (_, act, expected) => {
  await act();
  expect(await newEvents()).toMatchObject(expected);
});

describe('the log', () => {
  it('has no secrets', async () => {
    const text = JSON.stringify(await events('?limit=500'));
    for (const secret of [
      PASSWORD,
      'secret password',
      'secretsecret',
      'something private',
      alice.token,
      hub.adminToken,
    ])
      expect(text).not.toContain(secret);
  });

  it('has the use of the admin token once an hour', async () => {
    expect(await events('?action=hub.use_admin_token')).toMatchObject([{ ...byAdmin, address: '127.0.0.1' }]);
  });

  it('is searched by actor, action, repository and time, page by page', async () => {
    const actions = async (query: string) => [...new Set((await events(query)).map(({ action }) => action))].sort();
    expect(await actions('?actor=ALICE&action=repo.create,repo.delete')).toEqual(['repo.create', 'repo.delete']);
    expect(await actions('?repo=Alice/two')).toEqual([
      'repo.delete',
      'repo.disable',
      'repo.move',
      'repo.removeDisable',
    ]);
    expect(await events('?actor=nobody')).toEqual([]);
    expect(await events('?to=2020-01-01T00:00:00Z')).toEqual([]);
    expect((await events('?from=2020-01-01T00:00:00Z')).length).toBeGreaterThan(0);
    const whole = await events('?actor=alice');
    const paged: Event[] = [];
    for (let cursor = ''; ;) {
      const { body } = await admin('GET', `/audit-log?actor=alice&limit=4${cursor && `&cursor=${cursor}`}`);
      const { events: page, next } = body as { events: Event[]; next: string | null };
      paged.push(...page);
      if (next === null) break;
      cursor = next;
    }
    expect(paged).toEqual(whole);
    const id = String(whole[0]!['actor_id']);
    expect(await events(`?actor_id=${id}&limit=500`)).toEqual(await events('?actor=alice&limit=500'));
    expect((await admin('GET', '/audit-log?actor_id=7')).status).toBe(400);
    expect((await admin('GET', '/audit-log?action=repo.unknown')).status).toBe(400);
    expect((await admin('GET', '/audit-log?cursor=x')).status).toBe(400);
  });

  it('is downloaded as JSON Lines', async () => {
    const { headers, body } = await sendRequest(hub.url, '/admin/api/audit-log/export?actor=alice', {
      headers: { 'x-admin-token': hub.adminToken },
    });
    expect(headers).toMatchObject({ 'content-type': 'application/x-ndjson' });
    const lines = body.toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Event)).toEqual(await events('?actor=alice&limit=500'));
  });

  it('can be read by admins of an organization, for its events, with the export of the Hub', async () => {
    const path = '/api/organizations/lab/audit-log';
    for (const denied of [path, `${path}/export`]) {
      expect((await send(denied, {}, bob)).status).toBe(403);
      expect((await sendRequest(hub.url, denied)).status).toBe(401);
    }
    const { events: own } = (await send(`${path}?limit=500`)).json() as { events: Event[] };
    expect(own.length).toBeGreaterThan(5);
    expect(new Set(own.map(({ owner }) => owner))).toEqual(new Set(['lab']));
    const exported = (await send(`${path}/export`)).json() as Record<string, unknown>[];
    expect(exported).toHaveLength(own.length);
    expect(exported.find(({ type }) => type === 'repo.create')).toMatchObject({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      type: 'repo.create',
      author: { type: 'user', user: 'alice' },
      message: 'Created the repository lab/one',
      createdAt: expect.stringMatching(/Z$/) as string,
      ip: '127.0.0.1',
      userAgent: 'test-client/1',
    });
    const lines = await send(`${path}/export`, { headers: { accept: 'application/x-ndjson' } });
    expect(lines.body.toString().trimEnd().split('\n')).toHaveLength(own.length);
  });

  it('cannot be changed in the database', async () => {
    const database = hub.app.get<DataSource>(getDataSourceToken());
    const before = await events('?limit=500');
    for (const statement of [
      `UPDATE audit_events SET actor_name = 'mallory'`,
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
    ])
      await expect(database.query(statement)).rejects.toThrow(/audit log cannot be changed/);
    expect(await events('?limit=500')).toEqual(before);
  });
});

interface Usage {
  readonly rows: readonly { key: string; downloads: number; bytes: number; people: number }[];
}

describe('downloads', () => {
  const usage = async (path: string, user = alice) => (await send(path, {}, user)).json() as Usage;
  const NAMED = 'a file that is downloaded';

  beforeAll(async () => {
    await post('/api/repos/create', { name: 'files', organization: 'lab' });
    await send('/api/models/lab/files/commit/main', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: commitBody('add', fileLine('a.txt', NAMED), fileLine('empty.txt', '')),
    });
    for (const path of ['a.txt', 'empty.txt']) await send(`/lab/files/resolve/main/${path}`, {}, bob);
    await sendRequest(hub.url, '/lab/files/resolve/main/a.txt');
    await send('/lab/files/resolve/main/a.txt', { headers: { range: 'bytes=2-4' } }, bob);
    await send('/lab/files/resolve/main/a.txt', { method: 'HEAD' }, bob);
    await send('/lab/files/raw/main/a.txt', {}, bob);
    await send('/lab/files/resolve/main/missing.txt', {}, bob);
    await hub.app.get(DownloadCounts, { strict: false }).flush();
  });

  it('are events with the file, its commit and its bytes, only listed if they are named', async () => {
    expect(await events('?action=repo.download&actor=bob')).toMatchObject([
      { repo: 'lab/files', object: 'a.txt', bytes: NAMED.length }, // raw
      { repo: 'lab/files', object: 'empty.txt', bytes: 0, token: 'test' },
      {
        repo: 'lab/files',
        repo_type: 'model',
        owner: 'lab',
        object: 'a.txt',
        bytes: expect.any(Number) as number, // with the bytes of a later range, if they are not written yet
        user_agent: 'test-client/1',
        data: { delivery: 'local', commit: expect.stringMatching(OID) as string },
      },
    ]);
    expect(await events('?action=repo.download&repo=lab/files')).toHaveLength(4);
    expect((await events('?repo=lab/files')).map(({ action }) => action)).toEqual(['repo.commit', 'repo.create']);
    const path = '/api/organizations/lab/audit-log/export';
    const types = async (query: string) =>
      ((await send(path + query)).json() as { type: string }[]).map(({ type }) => type);
    expect(await types('')).not.toContain('repo.download');
    expect(await types('?downloads=true')).toContain('repo.download');
  });

  it('are usage by day, person and source, which agrees with the statistics', async () => {
    const path = '/api/models/lab/files/usage';
    const bytes = 3 * NAMED.length + 3;
    const today = new Date().toISOString().slice(0, 10);
    const total = { downloads: 2, bytes, people: 2 };
    expect((await usage(path)).rows).toEqual([{ key: today, ...total }]);
    expect((await usage(`${path}?by=source`)).rows).toEqual([{ key: 'local', ...total }]);
    expect((await usage(`${path}?by=person`)).rows).toEqual([
      { key: 'bob', downloads: 1, bytes: 2 * NAMED.length + 3, people: 1 },
      { key: 'anonymous', downloads: 1, bytes: NAMED.length, people: 1 },
    ]);
    expect((await usage('/api/organizations/lab/usage?by=repository')).rows).toEqual([
      { key: 'models/lab/files', ...total },
    ]);
    expect((await admin('GET', '/usage?by=repository')).body).toMatchObject({ rows: [{ key: 'models/lab/files' }] });
    const info = (await send('/api/models/lab/files')).json() as { downloads: number };
    expect(info.downloads).toBe(total.downloads);
    const csv = await send(`${path}?by=person&format=csv`);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.body.toString().split('\r\n').slice(0, 2)).toEqual([
      'person,downloads,bytes,people',
      `"bob",1,${2 * NAMED.length + 3},1`,
    ]);
    for (const denied of [path, '/api/organizations/lab/usage']) {
      expect((await send(denied, {}, bob)).status).toBe(403);
      expect((await sendRequest(hub.url, denied)).status).toBe(401);
    }
    for (const wrong of ['?by=hour', '?from=2026-02-30x', '?from=2026-02-02&to=2026-02-01'])
      expect((await send(path + wrong)).status).toBe(400);
  });

  it('are recorded once in five minutes if they skip the first byte, however they are sent', async () => {
    const parts = async (ranges: readonly string[], headers: Record<string, string> = alice.headers) => {
      const before = (await events('?action=repo.download')).length;
      for (const range of ranges)
        await sendRequest(hub.url, '/lab/files/resolve/main/a.txt', { headers: { ...headers, range } });
      await hub.app.get(DownloadCounts, { strict: false }).flush();
      const after = await events('?action=repo.download');
      return after.slice(0, after.length - before);
    };
    expect(await parts(['bytes=1-3', 'bytes=4-6', 'bytes=-2'])).toMatchObject([
      { actor: 'alice', token: 'test', object: 'a.txt', bytes: expect.any(Number), data: { delivery: 'local' } },
    ]);
    expect(await parts(['bytes=1-'])).toEqual([]);
    expect(await parts(['bytes=1-'], bob.headers)).toEqual([]); // after the same file as a whole
  });

  it('over LFS have the access token of the client', async () => {
    const content = randomBytes(1000);
    const client = new LfsClient(hub, 'lab/files', alice);
    await client.upload(content);
    const { href } = (await client.batch('download', [content])).objects[0]!.actions!.download!;
    await follow(hub, href, { headers: { range: 'bytes=1-' } });
    await eventually(async () => {
      await hub.app.get(DownloadCounts, { strict: false }).flush(); // the bytes are counted after the client has received them
      return (await events('?action=repo.download')).length === 6;
    });
    const [last] = await events('?action=repo.download');
    expect(last).toMatchObject({
      actor: 'alice',
      actor_kind: 'user',
      token: 'test',
      bytes: 999,
      data: { over: 'lfs' },
    });
  });
});

describe('old events and names', () => {
  it('are deleted after the retention, downloads earlier', async () => {
    const day = 24 * 60 * 60 * 1000;
    const database = hub.app.get<DataSource>(getDataSourceToken());
    const config = { audit: { downloads: true, days: 400, downloadDays: 90 } };
    const run = (days: number) => new AuditRetention(database, () => new Date(Date.now() + days * day), config).run();
    const before = await events('?limit=500');
    await run(89);
    expect(await events('?action=repo.download')).toHaveLength(6);
    await run(91);
    expect(await events('?action=repo.download')).toEqual([]);
    expect(await events('?limit=500')).toEqual(before);
  });

  it('are replaced for a person on request, and the events remain', async () => {
    const count = (await events('?limit=500')).length;
    const redact = (name: string) => admin('POST', '/audit-log/redact', { name });
    expect((await redact('Bob')).status).toBe(409);
    expect((await admin('DELETE', '/accounts/bob')).status).toBe(200);
    expect((await redact('unknown-person')).status).toBe(404);
    const { status, body } = await redact('Bob');
    const { pseudonym } = body as { pseudonym: string };
    expect(status).toBe(200);
    const after = await events('?limit=500');
    expect(after).toHaveLength(count + 2);
    expect(/.{0,40}"bob"/i.exec(JSON.stringify(after))?.[0]).toBeUndefined();
    expect((await redact('lab')).status).toBe(400);
    expect(await events(`?actor=${pseudonym}&action=org.leave`)).toMatchObject([
      { object: pseudonym, address: null, user_agent: null, owner: 'crew' },
    ]);
    expect(after[0]).toMatchObject({ action: 'hub.redact_person', object: pseudonym });
  });
});
