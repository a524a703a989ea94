import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { bytes, json } from '../support/fake-replies.js';
import type { AskOptions, Told } from '../support/ask.js';
import { hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { organization, person, type Person } from '../support/people.js';

const SHA = 'a'.repeat(40);

let world: HubWithSources;
let alice: Person;
let bob: Person;
let made = 0;

const as = (who: Person | undefined, path: string, options: AskOptions = {}): Promise<Told> =>
  world.ask(path, { ...options, headers: { ...who?.headers, ...options.headers } });
const create = (who: Person | undefined, body: object): Promise<Told> =>
  as(who, '/api/repos/create', { method: 'POST', json: body });
const remove = (who: Person | undefined, body: object): Promise<Told> =>
  as(who, '/api/repos/delete', { method: 'DELETE', json: body });
const move = (who: Person | undefined, fromRepo: string, toRepo: string, more = {}): Promise<Told> =>
  as(who, '/api/repos/move', { method: 'POST', json: { fromRepo, toRepo, ...more } });
const settings = (who: Person | undefined, id: string, body: object): Promise<Told> =>
  as(who, `/api/models/${id}/settings`, { method: 'PUT', json: body });
const sourceOf = async (id: string): Promise<unknown> =>
  ((await world.ask(`/api/models/${id}`)).json() as { _source?: string })._source;

async function newModel(who: Person, body: object = {}): Promise<string> {
  const told = await create(who, { name: `model-${++made}`, ...body });
  expect({ status: told.status, body: told.body.toString() }).toMatchObject({ status: 200 });
  return (told.json() as { name: string }).name;
}

beforeAll(async () => {
  world = await hubWithSources([json(200, { id: 'strangers/repository', sha: SHA }, { 'x-repo-commit': SHA })]);
  alice = await person(world.hub, 'alice');
  bob = await person(world.hub, 'bob');
  await organization(world.hub, 'acme', { alice: 'admin', bob: 'write' });
  await organization(world.hub, 'readers', { bob: 'read' });
});
afterAll(() => world.close());

describe('creating a repository', () => {
  it.each([
    ['a model of one’s own', { name: 'one' }, 'alice/one', ''],
    ['as JavaScript says it', { name: 'two', organization: 'alice', type: 'model' }, 'alice/two', ''],
    ['a dataset of an organization', { name: 'd', organization: 'ACME', type: 'dataset' }, 'acme/d', 'datasets/'],
    ['a space', { name: 's', type: 'space', sdk: 'gradio', hardware: 'cpu', organization: null }, 'alice/s', 'spaces/'],
  ])('%s', async (_case, body, name, prefix) => {
    const told = await create(alice, body);
    expect(told.status).toBe(200);
    expect(told.json()).toEqual({
      url: `${world.hub.url}/${prefix}${name}`,
      name,
      id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
    });
    const info = (await world.ask(`/api/${prefix || 'models/'}${name}?fallback=false`)).json();
    expect(info).toMatchObject({ id: name, private: false, sha: expect.stringMatching(/^[0-9a-f]{40}$/) as string });
  });

  it('that exists already tells where it is', async () => {
    const id = await newModel(alice);
    const told = await create(alice, { name: id.split('/')[1]!.toUpperCase() });
    expect({ status: told.status, body: told.json() }).toMatchObject({
      status: 409,
      body: {
        error: 'You already created this model repo',
        url: `${world.hub.url}/${id.replace(/m.*/, '')}MODEL-${made}`,
      },
    });
  });

  it.each([
    ['nobody', undefined, { name: 'x' }, 401, 'Invalid username or password.'],
    [
      'a stranger',
      'bob',
      { name: 'x', organization: 'alice' },
      403,
      /rights to create a model under the namespace "alice"/,
    ],
    ['a mere reader', 'bob', { name: 'x', organization: 'readers' }, 403, /under the namespace "readers"/],
    ['anybody, in a namespace that is none', 'bob', { name: 'x', organization: 'ghost' }, 403, /namespace "ghost"/],
    ['an impossible name', 'bob', { name: 'a--b' }, 400, /contains "--"/],
    ['a contradiction', 'bob', { name: 'x', private: true, visibility: 'public' }, 400, /contradicts/],
    ['protection', 'bob', { name: 'x', visibility: 'protected' }, 400, /not support protected repositories/],
    ['no name', 'bob', {}, 400, /Validation failed/],
  ])('is refused to %s', async (_case, who, body, status, message) => {
    const told = await create(who === 'bob' ? bob : undefined, body);
    expect({ status: told.status, error: (told.json() as { error: string }).error }).toEqual({
      status,
      error: expect.stringMatching(message) as string,
    });
  });

  it('needs a token that may write', async () => {
    const reader = await person(world.hub, 'rita', 'read');
    expect((await create(reader, { name: 'x' })).status).toBe(403);
  });

  it('shadows a source’s repository of that name at once, whatever the case', async () => {
    expect(await sourceOf('alice/Shadow')).toBe('A');
    await create(alice, { name: 'shadow', private: true });
    const cache = world.hub.app.get(FallbackCacheService);
    expect((await cache.peek('fallback:repo:model:alice/Shadow')).binding).toBeUndefined();
    expect((await world.ask('/api/models/alice/Shadow')).headers['x-error-code']).toBe('RepoNotFound');
    expect((await as(alice, '/api/models/alice/Shadow')).json()).toMatchObject({ id: 'alice/shadow', private: true });
  });
});

describe('deleting a repository', () => {
  it('says OK, and lets the source’s one of that name be served again at once', async () => {
    const id = await newModel(alice);
    expect(await sourceOf(id)).toBeUndefined();
    const told = await remove(alice, { name: id.split('/')[1], organization: null });
    expect({ status: told.status, type: told.headers['content-type'], body: told.body.toString() }).toEqual({
      ...{ status: 200, body: 'OK', type: 'text/plain; charset=utf-8' },
    });
    expect(await sourceOf(id)).toBe('A');
    expect((await create(alice, { name: id.split('/')[1] })).status).toBe(200);
    expect(await sourceOf(id)).toBeUndefined();
  });

  it('is for the admins of its owner', async () => {
    const id = await newModel(bob, { organization: 'acme' });
    const body = { name: id };
    expect((await remove(undefined, body)).status).toBe(401);
    expect((await remove(bob, body)).status).toBe(403);
    expect((await remove(alice, body)).status).toBe(200);
    const gone = await remove(alice, body);
    expect({ status: gone.status, code: gone.headers['x-error-code'] }).toEqual({ status: 404, code: 'RepoNotFound' });
  });

  it('never reaches a source', async () => {
    world.sources[0]!.forget();
    expect((await remove(alice, { name: 'strangers/repository' })).headers['x-error-code']).toBe('RepoNotFound');
    expect((await settings(alice, 'strangers/repository', { private: true })).status).toBe(404);
    expect((await as(alice, '/api/models/strangers/repository/auth-check')).status).toBe(404);
    expect(world.sources[0]!.requests).toEqual([]);
  });
});

describe('moving a repository', () => {
  const whereIs = async (id: string, who?: Person): Promise<[number, string | undefined]> => {
    const told = await as(who, `/api/models/${id}`);
    return [told.status, told.headers['location'] ?? (told.json() as { _source?: string })._source];
  };

  it('leaves a redirect that keeps path and query, for every way of asking', async () => {
    const from = await newModel(alice);
    const to = `acme/renamed-${made}`;
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
      const body = method === 'POST' || method === 'PUT' ? { json: {} } : {};
      const told = await as(alice, path.replace('@', from), { method, ...body });
      expect({ path, status: told.status, to: told.headers['location'] }).toEqual({
        ...{ path, status: 307, to: path.replace('@', to) },
      });
    }
    expect((await world.ask(`/api/models/${to}`)).json()).toMatchObject({ id: to, author: 'acme' });
    expect((await remove(alice, { name: from })).headers['x-error-code']).toBe('RepoNotFound');
  });

  it('more than once leads from every name to the last; back again, too', async () => {
    const [a, b, c] = [await newModel(alice), `alice/b-${made}`, `alice/c-${made}`];
    await move(alice, a, b);
    await move(alice, b, c);
    expect([await whereIs(a), await whereIs(b)]).toEqual([
      [307, `/api/models/${c}`],
      [307, `/api/models/${c}`],
    ]);
    expect((await move(alice, c, a)).status).toBe(200);
    expect([await whereIs(a), await whereIs(b), await whereIs(c)]).toEqual([
      [200, undefined],
      [307, `/api/models/${a}`],
      [307, `/api/models/${a}`],
    ]);
    const spelled = `alice/Model-${made}`;
    expect((await move(alice, a, spelled)).status).toBe(200);
    expect((await world.ask(`/api/models/${a}`)).json()).toMatchObject({ id: spelled });
  });

  it('frees its old name for something new, and deletion frees them all', async () => {
    const a = await newModel(alice);
    const b = `alice/freed-${made}`;
    expect(await sourceOf(b)).toBe('A');
    await move(alice, a, b);
    expect(await sourceOf(b)).toBeUndefined();
    await create(alice, { name: a.split('/')[1] });
    expect(await whereIs(a)).toEqual([200, undefined]);
    await remove(alice, { name: a });
    expect(await whereIs(a)).toEqual([200, 'A']);
    const c = `alice/again-${made}`;
    await move(alice, b, c);
    expect(await whereIs(b)).toEqual([307, `/api/models/${c}`]);
    await remove(alice, { name: c });
    expect([await whereIs(b), await whereIs(c)]).toEqual([
      [200, 'A'],
      [200, 'A'],
    ]);
  });

  it('is told only to those who may read it', async () => {
    const from = await newModel(alice, { private: true });
    await move(alice, from, `alice/hidden-${made}`);
    expect((await whereIs(from, alice))[0]).toBe(307);
    for (const who of [bob, undefined]) {
      const told = await as(who, `/api/models/${from}`);
      expect({ code: told.headers['x-error-code'], to: told.headers['location'] }).toEqual({ code: 'RepoNotFound' });
    }
  });

  it.each([
    ['onto another', (id: string) => [alice, id, 'alice/taken'], 409],
    ['into a namespace of others', (id: string) => [alice, id, 'bob/x'], 403],
    ['by a member who may only write', () => [bob, 'acme/kept', 'bob/kept'], 403],
    ['to half a name', (id: string) => [alice, id, 'x'], 400],
    ['to an impossible name', (id: string) => [alice, id, 'alice/x..y'], 400],
    ['of nothing', () => [alice, 'alice/nothing', 'alice/x'], 404],
  ] as [string, (id: string) => [Person, string, string], number][])('%s is refused', async (_case, what, status) => {
    await create(alice, { name: 'taken' });
    await create(alice, { name: 'kept', organization: 'acme' });
    // the people are known only once the tests run
    const [, from, to] = what(await newModel(alice));
    const who = _case.startsWith('by a member') ? bob : alice;
    expect((await move(who, from, to)).status).toBe(status);
  });
});

describe('the settings of a repository', () => {
  it('count at once', async () => {
    const id = await newModel(alice);
    const hidden = await settings(alice, id, { private: true, discussionsDisabled: true });
    expect({ status: hidden.status, body: hidden.json() }).toEqual({
      ...{ status: 200, body: { private: true, visibility: 'private', gated: false } },
    });
    expect((await world.ask(`/api/models/${id}`)).status).toBe(404);
    expect((await settings(alice, id, { visibility: 'public', gated: false })).json()).toMatchObject({
      private: false,
    });
    expect((await world.ask(`/api/models/${id}`)).json()).toMatchObject({ id, private: false });
  });

  it.each([
    ['a gate', { gated: 'manual' }, 501],
    ['protection', { visibility: 'protected' }, 400],
    ['a contradiction', { visibility: 'public', private: true }, 400],
    ['a word for a flag', { private: 'yes' }, 400],
  ])('refuse %s', async (_case, body, status) => {
    expect((await settings(alice, await newModel(alice), body)).status).toBe(status);
  });

  it('are for the admins of its owner', async () => {
    const id = await newModel(alice, { organization: 'acme' });
    expect((await settings(undefined, id, { private: true })).status).toBe(401);
    expect((await settings(bob, id, { private: true })).status).toBe(403);
    expect((await settings(alice, id, { private: true })).status).toBe(200);
  });
});

describe('auth-check', () => {
  it('tells who may read and who may write', async () => {
    const open = await newModel(alice, { organization: 'acme' });
    const secret = await newModel(alice, { private: true });
    const status = async (who: Person | undefined, id: string, write = ''): Promise<number> =>
      (await as(who, `/api/models/${id}/auth-check${write}`)).status;
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
});

describe('a name that no source has', () => {
  it('is found the moment it is created', async () => {
    world.sources[0]!.reply = bytes(404, '');
    expect((await world.ask('/api/models/alice/later')).status).toBe(404);
    await create(alice, { name: 'later' });
    expect((await world.ask('/api/models/alice/later')).status).toBe(200);
  });
});
