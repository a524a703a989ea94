import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { bytes, json } from '../support/fake-replies.js';
import type { RequestOptions, HttpResponse } from '../support/send-request.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const SHA = 'a'.repeat(40);

let world: HubWithSources;
let alice: TestUser;
let bob: TestUser;
let modelCount = 0;

const askAs = (user: TestUser | undefined, path: string, options: RequestOptions = {}): Promise<HttpResponse> =>
  world.sendRequest(path, { ...options, headers: { ...user?.headers, ...options.headers } });
const create = (user: TestUser | undefined, body: object): Promise<HttpResponse> =>
  askAs(user, '/api/repos/create', { method: 'POST', json: body });
const remove = (user: TestUser | undefined, body: object): Promise<HttpResponse> =>
  askAs(user, '/api/repos/delete', { method: 'DELETE', json: body });
const move = (user: TestUser | undefined, fromRepo: string, toRepo: string, more = {}): Promise<HttpResponse> =>
  askAs(user, '/api/repos/move', { method: 'POST', json: { fromRepo, toRepo, ...more } });
const settings = (user: TestUser | undefined, id: string, body: object): Promise<HttpResponse> =>
  askAs(user, `/api/models/${id}/settings`, { method: 'PUT', json: body });
const sourceOf = async (id: string): Promise<unknown> =>
  ((await world.sendRequest(`/api/models/${id}`)).json() as { _source?: string })._source;

async function newModel(user: TestUser, body: object = {}): Promise<string> {
  const response = await create(user, { name: `model-${++modelCount}`, ...body });
  expect({ status: response.status, body: response.body.toString() }).toMatchObject({ status: 200 });
  return (response.json() as { name: string }).name;
}

beforeAll(async () => {
  // This source has every repository, so the namespace guard would reject all new ones.
  const source = json(200, { id: 'strangers/repository', sha: SHA }, { 'x-repo-commit': SHA });
  world = await startHubWithSources([source], { env: { KOHAKU_HUB_NAMESPACE_GUARD: 'off' } });
  alice = await createTestUser(world.hub, 'alice');
  bob = await createTestUser(world.hub, 'bob');
  await createTestOrganization(world.hub, 'acme', { alice: 'admin', bob: 'write' });
  await createTestOrganization(world.hub, 'readers', { bob: 'read' });
});
afterAll(() => world.close());

describe('creating a repository', () => {
  it.each([
    ['a model of the caller', { name: 'one' }, 'alice/one', ''],
    [
      'a model in the form that huggingface.js sends',
      { name: 'two', organization: 'alice', type: 'model' },
      'alice/two',
      '',
    ],
    ['a dataset of an organization', { name: 'd', organization: 'ACME', type: 'dataset' }, 'acme/d', 'datasets/'],
    [
      'a space',
      { name: 's', type: 'space', sdk: 'gradio', hardware: 'cpu-basic', organization: null },
      'alice/s',
      'spaces/',
    ],
  ])('%s', async (_case, body, name, prefix) => {
    const response = await create(alice, body);
    expect(response.status).toBe(200);
    expect(response.json()).toEqual({
      url: `${world.hub.url}/${prefix}${name}`,
      name,
      id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
    });
    const info = (await world.sendRequest(`/api/${prefix || 'models/'}${name}?fallback=false`)).json();
    expect(info).toMatchObject({ id: name, private: false, sha: expect.stringMatching(/^[0-9a-f]{40}$/) as string });
  });

  it('is refused for an existing name and returns its URL', async () => {
    const id = await newModel(alice);
    const response = await create(alice, { name: id.split('/')[1]!.toUpperCase() });
    expect({ status: response.status, body: response.json() }).toMatchObject({
      status: 409,
      body: {
        error: 'You already created this model repo',
        url: `${world.hub.url}/${id.replace(/m.*/, '')}MODEL-${modelCount}`,
      },
    });
  });

  it.each([
    ['anonymous users', undefined, { name: 'x' }, 401, 'Invalid username or password.'],
    [
      'a user without rights',
      'bob',
      { name: 'x', organization: 'alice' },
      403,
      /rights to create a model under the namespace "alice"/,
    ],
    [
      'a member with the read role',
      'bob',
      { name: 'x', organization: 'readers' },
      403,
      /under the namespace "readers"/,
    ],
    [
      'all users in a namespace that does not exist',
      'bob',
      { name: 'x', organization: 'ghost' },
      403,
      /namespace "ghost"/,
    ],
    ['an invalid name', 'bob', { name: 'a--b' }, 400, /Must not contain "--"/],
    ['contradicting fields', 'bob', { name: 'x', private: true, visibility: 'public' }, 400, /contradicts/],
    [
      'visibility "protected"',
      'bob',
      { name: 'x', visibility: 'protected' },
      501,
      /not support protected repositories/,
    ],
    ['a body without a name', 'bob', {}, 400, /"name": must be a string/],
  ])('is refused for %s', async (_case, user, body, status, message) => {
    const response = await create(user === 'bob' ? bob : undefined, body);
    expect({ status: response.status, error: (response.json() as { error: string }).error }).toEqual({
      status,
      error: expect.stringMatching(message) as string,
    });
  });

  it('requires a token with the write role', async () => {
    const reader = await createTestUser(world.hub, 'rita', 'read');
    expect((await create(reader, { name: 'x' })).status).toBe(403);
  });

  it('hides a source’s repository of that name immediately, ignoring case', async () => {
    expect(await sourceOf('alice/Shadow')).toBe('A');
    await create(alice, { name: 'shadow', private: true });
    const cache = world.hub.app.get(FallbackCacheService);
    expect((await cache.peek('fallback:repo:model:alice/Shadow')).binding).toBeUndefined();
    expect((await world.sendRequest('/api/models/alice/Shadow')).headers['x-error-code']).toBe('RepoNotFound');
    expect((await askAs(alice, '/api/models/alice/Shadow')).json()).toMatchObject({
      id: 'alice/shadow',
      private: true,
    });
  });
});

describe('deleting a repository', () => {
  it('returns OK, and a source’s repository of that name is served again immediately', async () => {
    const id = await newModel(alice);
    expect(await sourceOf(id)).toBeUndefined();
    const response = await remove(alice, { name: id.split('/')[1], organization: null });
    expect({ status: response.status, type: response.headers['content-type'], body: response.body.toString() }).toEqual(
      {
        status: 200,
        body: 'OK',
        type: 'text/plain; charset=utf-8',
      },
    );
    expect(await sourceOf(id)).toBe('A');
    expect((await create(alice, { name: id.split('/')[1] })).status).toBe(200);
    expect(await sourceOf(id)).toBeUndefined();
  });

  it('requires the admin role in the owning organization', async () => {
    const id = await newModel(bob, { organization: 'acme' });
    const body = { name: id };
    expect((await remove(undefined, body)).status).toBe(401);
    expect((await remove(bob, body)).status).toBe(403);
    expect((await remove(alice, body)).status).toBe(200);
    const missing = await remove(alice, body);
    expect({ status: missing.status, code: missing.headers['x-error-code'] }).toEqual({
      status: 501, // the source has a repository of this name
      code: 'NotImplemented',
    });
  });

  it('only requests the repository from a source, to name the source in the error', async () => {
    world.sources[0]!.forget();
    const refused = [
      await remove(alice, { name: 'acme/external' }),
      await settings(alice, 'acme/external', { private: true }),
      await askAs(alice, '/api/models/acme/external/auth-check/write'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([501, 501, 501]);
    const requests = world.sources[0]!.requests.map(({ method, url }) => `${method} ${url}`);
    expect(new Set(requests)).toEqual(new Set(['GET /api/models/acme/external']));
  });
});

describe('moving a repository', () => {
  const locationOf = async (id: string, user?: TestUser): Promise<[number, string | undefined]> => {
    const response = await askAs(user, `/api/models/${id}`);
    return [response.status, response.headers['location'] ?? (response.json() as { _source?: string })._source];
  };

  it('leaves a redirect that keeps path and query for every route', async () => {
    const from = await newModel(alice);
    const to = `acme/renamed-${modelCount}`;
    expect((await move(alice, from, to, { type: 'model' })).json()).toMatchObject({ name: to });
    for (const [path, method] of [
      ['/api/models/@', 'GET'],
      ['/api/models/@/tree/main/d%2Fe?recursive=true', 'GET'],
      ['/@/resolve/main/a%20b.txt?download=true', 'HEAD'],
      ['/@/resolve/main/a%20b.txt', 'GET'],
      ['/api/models/@/paths-info/main', 'POST'],
      ['/api/models/@/settings', 'PUT'],
      ['/api/models/@/auth-check', 'GET'],
    ] as const) {
      const json = { GET: undefined, HEAD: undefined, POST: { paths: ['a'] }, PUT: {} }[method];
      const response = await askAs(alice, path.replace('@', from), { method, json });
      expect({ path, status: response.status, to: response.headers['location'] }).toEqual({
        path,
        status: 307,
        to: path.replace('@', to),
      });
    }
    expect((await world.sendRequest(`/api/models/${to}`)).json()).toMatchObject({ id: to, author: 'acme' });
    expect((await remove(alice, { name: from })).headers['x-error-code']).toBe('RepoNotFound');
  });

  it('several times redirects every former name to the current one, also after moving back', async () => {
    const [a, b, c] = [await newModel(alice), `alice/b-${modelCount}`, `alice/c-${modelCount}`];
    await move(alice, a, b);
    await move(alice, b, c);
    expect([await locationOf(a), await locationOf(b)]).toEqual([
      [307, `/api/models/${c}`],
      [307, `/api/models/${c}`],
    ]);
    expect((await move(alice, c, a)).status).toBe(200);
    expect([await locationOf(a), await locationOf(b), await locationOf(c)]).toEqual([
      [200, undefined],
      [307, `/api/models/${a}`],
      [307, `/api/models/${a}`],
    ]);
    const otherCase = `alice/Model-${modelCount}`;
    expect((await move(alice, a, otherCase)).status).toBe(200);
    expect((await world.sendRequest(`/api/models/${a}`)).json()).toMatchObject({ id: otherCase });
  });

  it('frees the old name for a new repository, and deletion frees all names', async () => {
    const a = await newModel(alice);
    const b = `alice/freed-${modelCount}`;
    expect(await sourceOf(b)).toBe('A');
    await move(alice, a, b);
    expect(await sourceOf(b)).toBeUndefined();
    await create(alice, { name: a.split('/')[1] });
    expect(await locationOf(a)).toEqual([200, undefined]);
    await remove(alice, { name: a });
    expect(await locationOf(a)).toEqual([200, 'A']);
    const c = `alice/again-${modelCount}`;
    await move(alice, b, c);
    expect(await locationOf(b)).toEqual([307, `/api/models/${c}`]);
    await remove(alice, { name: c });
    expect([await locationOf(b), await locationOf(c)]).toEqual([
      [200, 'A'],
      [200, 'A'],
    ]);
  });

  it('is visible only to users who can read the repository', async () => {
    const from = await newModel(alice, { private: true });
    await move(alice, from, `alice/hidden-${modelCount}`);
    expect((await locationOf(from, alice))[0]).toBe(307);
    for (const user of [bob, undefined]) {
      const response = await askAs(user, `/api/models/${from}`);
      expect({ code: response.headers['x-error-code'], to: response.headers['location'] }).toEqual({
        code: 'RepoNotFound',
      });
    }
  });

  it.each([
    ['to an existing name', (id: string) => [alice, id, 'alice/taken'], 409],
    ['to another user’s namespace', (id: string) => [alice, id, 'bob/x'], 403],
    ['by a member with the write role', () => [bob, 'acme/kept', 'bob/kept'], 403],
    ['to a name without a namespace', (id: string) => [alice, id, 'x'], 400],
    ['to an invalid name', (id: string) => [alice, id, 'alice/x..y'], 400],
    ['of an external repository', () => [alice, 'alice/nothing', 'alice/x'], 501],
  ] as [string, (id: string) => [TestUser, string, string], number][])(
    '%s is refused',
    async (_case, argumentsOf, status) => {
      await create(alice, { name: 'taken' });
      await create(alice, { name: 'kept', organization: 'acme' });
      // alice and bob exist only once the tests run
      const [, from, to] = argumentsOf(await newModel(alice));
      const user = _case.startsWith('by a member') ? bob : alice;
      expect((await move(user, from, to)).status).toBe(status);
    },
  );

  it('to an existing name returns the URL of that repository', async () => {
    await create(alice, { name: 'taken' });
    const response = await move(alice, await newModel(alice), 'alice/Taken');
    expect(response.json()).toEqual({
      error: 'A model repository called alice/Taken already exists',
      url: `${world.hub.url}/alice/Taken`,
    });
  });
});

describe('the settings of a repository', () => {
  it('take effect immediately', async () => {
    const id = await newModel(alice);
    const hidden = await settings(alice, id, { private: true, discussionsDisabled: true });
    expect({ status: hidden.status, body: hidden.json() }).toEqual({
      status: 200,
      body: { private: true, visibility: 'private', gated: false, discussionsDisabled: true, xetEnabled: true },
    });
    expect((await world.sendRequest(`/api/models/${id}`)).status).toBe(404);
    expect((await settings(alice, id, { visibility: 'public', gated: false })).json()).toMatchObject({
      private: false,
    });
    expect((await world.sendRequest(`/api/models/${id}`)).json()).toMatchObject({ id, private: false });
  });

  it.each([
    ['an unknown gate', { gated: true }, 400],
    ['gates for members', { orgMembersGated: true }, 501],
    ['visibility "protected"', { visibility: 'protected' }, 501],
    ['contradicting fields', { visibility: 'public', private: true }, 400],
    ['a string instead of a boolean', { private: 'yes' }, 400],
  ])('refuse %s', async (_case, body, status) => {
    expect((await settings(alice, await newModel(alice), body)).status).toBe(status);
  });

  it('explain how to keep files from members', async () => {
    const refused = await settings(alice, await newModel(alice, { organization: 'acme' }), { orgMembersGated: true });
    expect((refused.json() as { error: string }).error).toContain('move the repository to another organization');
  });

  it('require the admin role in the owning organization', async () => {
    const id = await newModel(alice, { organization: 'acme' });
    expect((await settings(undefined, id, { private: true })).status).toBe(401);
    expect((await settings(bob, id, { private: true })).status).toBe(403);
    expect((await settings(alice, id, { private: true })).status).toBe(200);
  });
});

describe('auth-check', () => {
  it('reports read and write access', async () => {
    const open = await newModel(alice, { organization: 'acme' });
    const secret = await newModel(alice, { private: true });
    const status = async (user: TestUser | undefined, id: string, write = ''): Promise<number> =>
      (await askAs(user, `/api/models/${id}/auth-check${write}`)).status;
    expect([await status(undefined, open), await status(bob, open), await status(bob, secret)]).toEqual([
      200, 200, 404,
    ]);
    const write = '/write';
    const writers = [await status(undefined, open, write), await status(bob, open, write)];
    expect([...writers, await status(bob, secret, write), await status(alice, secret, write)]).toEqual([
      401, 200, 404, 200,
    ]);
    expect(await status(bob, await newModel(alice), write)).toBe(403);
  });

  it('never requests a local repository from a source', async () => {
    const secret = await newModel(alice, { private: true });
    world.sources[0]!.forget();
    expect((await askAs(bob, `/api/models/${secret}/auth-check`)).status).toBe(404);
    expect((await askAs(alice, `/api/models/${secret}/auth-check`)).status).toBe(200);
    expect(world.sources[0]!.requests).toEqual([]);
  });

  describe('for an external repository', () => {
    const found = json(200, { id: 'strangers/checked', sha: SHA });
    const gated = json(403, { error: 'Access is restricted' }, { 'x-error-code': 'GatedRepo' });
    const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
    it.each([
      ['a repository of a source', found, 200, undefined, 'A'],
      ['a missing repository', missing, 404, 'RepoNotFound', undefined],
      ['a gated repository', gated, 401, 'GatedRepo', undefined],
      ['a failing source', bytes(503, ''), 503, undefined, undefined],
    ])('%s is answered like its info', async (_, reply, status, code, source) => {
      world.sources[0]!.reply = reply;
      const path = `/api/models/strangers/checked-${++modelCount}`;
      world.sources[0]!.forget();
      const check = await askAs(alice, `${path}/auth-check?token=secret`);
      expect(world.sources[0]!.requests.map(({ method, url }) => [method, url])[0]).toEqual(['GET', path]);
      const info = await askAs(alice, path);
      expect([check.status, check.headers['x-error-code']]).toEqual([info.status, info.headers['x-error-code']]);
      expect([check.status, check.headers['x-error-code'], check.headers['x-source']]).toEqual([status, code, source]);
    });

    it.each([
      ['without access', json(403, { error: 'x' }, { 'x-error-code': 'GatedRepo' }), 401, 'GatedRepo'],
      ['with access', bytes(200, 'x', { 'x-repo-commit': SHA, etag: '"e"', 'content-length': '1' }), 200, undefined],
    ])('a gated repository with public information, %s', async (_, file, status, code) => {
      const siblings = [{ rfilename: 'README.md' }, { rfilename: 'dir/w.bin' }];
      const path = `/api/models/strangers/gated-${++modelCount}`;
      const info = json(200, { id: 'strangers/gated', sha: SHA, gated: 'auto', siblings });
      world.sources[0]!.reply = (response, request) => (request.url === path ? info : file)(response, request);
      world.sources[0]!.forget();
      const check = await askAs(alice, `${path}/auth-check`);
      expect([check.status, check.headers['x-error-code']]).toEqual([status, code]);
      expect(world.sources[0]!.requests.map(({ method, url }) => [method, url])).toContainEqual([
        'HEAD',
        `/strangers/gated-${modelCount}/resolve/main/dir/w.bin`,
      ]);
    });

    it('no source is used with fallback=false', async () => {
      world.sources[0]!.reply = found;
      world.sources[0]!.forget();
      const response = await askAs(alice, '/api/models/strangers/local-only/auth-check?fallback=false');
      expect([response.status, response.headers['x-error-code']]).toEqual([404, 'RepoNotFound']);
      expect(world.sources[0]!.requests).toEqual([]);
    });
  });
});

describe('a name that no source has', () => {
  it('is found as soon as it is created', async () => {
    world.sources[0]!.reply = bytes(404, '', { 'x-error-message': 'Not found' });
    expect((await world.sendRequest('/api/models/alice/later')).status).toBe(404);
    await create(alice, { name: 'later' });
    expect((await world.sendRequest('/api/models/alice/later')).status).toBe(200);
  });
});
