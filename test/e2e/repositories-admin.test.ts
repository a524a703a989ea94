import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalRepos } from '../support/local-repos.js';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { json } from '../support/fake-replies.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const SHA = 'a'.repeat(40);

let world: HubWithSources;
let admin: AdminClient;
let alice: TestUser;
beforeAll(async () => {
  world = await startHubWithSources([json(200, { id: 'other/model', sha: SHA }, { 'x-repo-commit': SHA })]);
  admin = adminClient(world.hub);
  alice = await createTestUser(world.hub, 'alice');
});
afterAll(() => world.close());

async function make(name: string, isPrivate = false): Promise<void> {
  const store = LocalRepos.of(world.hub.app);
  const repo = { type: 'model', namespace: 'alice', name } as const;
  const repository = await store.createRepository({ repo, ownerName: 'alice', private: isPrivate });
  const operations = [{ kind: 'file', path: 'a.txt', content: Buffer.from('text') }] as const;
  await store.commit(repository, { branch: 'main', summary: 'files', author: { name: 'alice' }, operations });
}
const adminIds = async (query = ''): Promise<string[]> => {
  const { body } = await admin('GET', `/repositories${query}`);
  return (body as { repositories: { id: string }[] }).repositories.map(({ id }) => id);
};
const listedIds = async (): Promise<string[]> =>
  ((await world.sendRequest('/api/models?author=alice&fallback=false')).json() as { id: string }[]).map(({ id }) => id);

it('lists all repositories, including private ones', async () => {
  await make('open');
  await make('secret', true);
  expect(await adminIds('?search=alice/')).toEqual(['alice/open', 'alice/secret']);
  const { body } = await admin('GET', '/repositories?search=secret');
  expect(body).toMatchObject({
    total: null,
    next: null,
    repositories: [{ type: 'model', owner: 'alice', private: true, disabled: false, downloads: 0 }],
  });
});

it('lists repositories page by page, with their number', async () => {
  interface Page {
    readonly repositories: readonly { readonly id: string }[];
    readonly next: string | null;
    readonly total: number | null;
  }
  const first = (await admin('GET', '/repositories?limit=1&type=model&sort=name')).body as Page;
  expect([first.repositories[0]!.id, first.total]).toEqual(['alice/open', 2]);
  const cursor = encodeURIComponent(first.next!);
  const second = (await admin('GET', `/repositories?limit=1&type=model&sort=name&cursor=${cursor}`)).body as Page;
  expect(second).toMatchObject({ repositories: [{ id: 'alice/secret' }], next: null, total: 2 });
  const other = await admin('GET', `/repositories?sort=size&cursor=${cursor}`);
  expect([other.status, (other.body as { fields: unknown }).fields]).toEqual([
    400,
    [{ field: 'cursor', message: 'belongs to a different list. Start again without a cursor.' }],
  ]);
});

describe('a disabled repository', () => {
  beforeAll(async () => {
    await make('closed');
    expect((await admin('PUT', '/repositories/model/alice/closed', { disabled: true })).status).toBe(200);
    world.sources[0]!.forget();
  });

  it.each([
    '/api/models/alice/closed',
    '/api/models/alice/closed/tree/main',
    '/alice/closed/resolve/main/a.txt',
    '/alice/closed/raw/main/a.txt',
    '/api/models/alice/closed/commits/main',
  ])('returns 403 for %s, also for its owner, without requests to sources', async (path) => {
    for (const headers of [{}, alice.headers]) {
      const { status, headers: received } = await world.sendRequest(path, { headers });
      expect([status, received['x-error-message']]).toEqual([403, 'Access to this resource is disabled.']);
    }
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it('cannot be changed, moved or deleted by its owner', async () => {
    const request = { method: 'DELETE', headers: alice.headers, json: { name: 'closed', type: 'model' } } as const;
    expect((await world.sendRequest('/api/repos/delete', request)).status).toBe(403);
    const move = { fromRepo: 'alice/closed', toRepo: 'alice/elsewhere', type: 'model' };
    const moved = await world.sendRequest('/api/repos/move', { method: 'POST', headers: alice.headers, json: move });
    expect(moved.status).toBe(403);
  });

  it('appears in the administrator’s list only, and its name stays taken', async () => {
    expect(await listedIds()).not.toContain('alice/closed');
    expect(await adminIds('?disabled=true')).toEqual(['alice/closed']);
    const create = { method: 'POST', headers: alice.headers, json: { name: 'closed', type: 'model' } } as const;
    expect((await world.sendRequest('/api/repos/create', create)).status).toBe(409);
  });

  it('is unchanged once it is enabled again', async () => {
    expect((await admin('PUT', '/repositories/model/alice/closed', { disabled: false })).body).toEqual({
      success: true,
      message: 'Model alice/closed enabled',
    });
    expect((await world.sendRequest('/alice/closed/resolve/main/a.txt')).body.toString()).toBe('text');
    expect(await listedIds()).toContain('alice/closed');
  });

  it('still looks missing to users without access if it is private', async () => {
    await make('hidden', true);
    await admin('PUT', '/repositories/model/alice/hidden', { disabled: true });
    expect((await world.sendRequest('/api/models/alice/hidden')).status).toBe(404);
    expect((await world.sendRequest('/api/models/alice/hidden', { headers: alice.headers })).status).toBe(403);
  });
});

it('deletes a repository permanently; its name is then looked up at the sources', async () => {
  await make('deleted');
  expect((await admin('DELETE', '/repositories/model/alice/deleted')).body).toEqual({
    success: true,
    message: 'Model alice/deleted deleted',
  });
  expect((await world.sendRequest('/api/models/alice/deleted')).json()).toMatchObject({ _source: 'A' });
  expect((await admin('DELETE', '/repositories/model/alice/deleted')).status).toBe(404);
});

it.each([
  ['PUT', '/repositories/model/alice/none', { disabled: true }, 404],
  ['PUT', '/repositories/model/alice/open', {}, 400],
  ['PUT', '/repositories/model/alice/open', { disabled: 'yes' }, 400],
  ['PUT', '/repositories/thing/alice/open', { disabled: true }, 400],
  ['DELETE', '/repositories/model/alice/%00', undefined, 400],
  ['GET', '/repositories?sort=colour', undefined, 400],
  ['GET', '/repositories?cursor=x', undefined, 400],
  ['GET', '/repositories?offset=50', undefined, 400],
])('%s %s is refused', async (method, path, body, status) => {
  expect((await admin(method, path, body)).status).toBe(status);
});

it('requires the admin token', async () => {
  for (const [method, path] of [
    ['GET', '/repositories'],
    ['PUT', '/repositories/model/alice/open'],
    ['DELETE', '/repositories/model/alice/open'],
    ['GET', '/storage'],
  ] as const)
    expect((await world.sendRequest(`/admin/api${path}`, { method, headers: alice.headers })).status).toBe(403);
});

it('reports the amount of stored content', async () => {
  const { body } = await admin('GET', '/storage');
  const number = expect.any(Number) as unknown;
  const sizes = { bytes: number, referenced_bytes: number, free_bytes: number, min_free_bytes: 1_000_000_000 };
  expect(body).toEqual({ contents: number, unneeded: null, unneeded_at: null, ...sizes });
});
