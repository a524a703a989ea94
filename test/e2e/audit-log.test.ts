import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { commitBody, fileLine } from '../support/commit-body.js';
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

it.each(REPOSITORY_ACTS)('%s', async (_, act, expected) => {
  await act();
  expect(await newEvents()).toMatchObject(expected);
});

describe('the log', () => {
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
    expect(exported.at(-1)).toMatchObject({
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
