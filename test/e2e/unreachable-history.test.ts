import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { LfsClient, sha256 } from '../support/lfs-client.js';
import { GitFixture } from '../support/git-fixture.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

type CallerKind = 'anonymous' | 'reader' | 'writer' | 'member who reads' | 'member who writes';
type Kind = 'full' | 'short' | 'upper-case full';

const SECRET = 'token=secret';
const NOT_FOUND = { status: 404, headers: { 'x-error-code': 'RevisionNotFound' } };

let fixture: GitFixture;
const users = new Map<CallerKind, TestUser>();
beforeAll(async () => {
  fixture = await GitFixture.start();
  users.set('writer', fixture.alice);
  for (const [caller, name] of Object.entries({
    reader: 'bob',
    'member who reads': 'carol',
    'member who writes': 'dave',
  }))
    users.set(caller as CallerKind, await createTestUser(fixture.hub, name, 'read'));
  await createTestOrganization(fixture.hub, 'team', { carol: 'read', dave: 'write' });
});
afterAll(() => fixture.close());

const get = (path: string, caller: CallerKind = 'anonymous'): Promise<HttpResponse> =>
  sendRequest(fixture.hub.url, path, { headers: users.get(caller)?.headers });

async function send(method: 'POST' | 'DELETE', path: string, json?: unknown): Promise<void> {
  const response = await sendRequest(fixture.hub.url, path, { method, headers: fixture.alice.headers, json });
  expect(response).toMatchObject({ status: 200 });
}

const spell = (oid: string, kind: Kind): string =>
  kind === 'short' ? oid.slice(0, 5) : kind === 'full' ? oid : oid.toUpperCase();

/** Everything that a revision can be read through. */
const reads = (id: string, revision: string): string[] => [
  `/${id}/resolve/${revision}/secret.env`,
  `/${id}/raw/${revision}/secret.env`,
  `/api/models/${id}/revision/${revision}`,
  `/api/models/${id}/tree/${revision}`,
  `/api/models/${id}/commits/${revision}`,
];

describe('a secret on a deleted branch', () => {
  let repository: LocalRepo;
  let oid: string;

  beforeAll(async () => {
    repository = await fixture.createRepo('pub');
    await fixture.store.createBranch(repository, { name: 'oops' });
    oid = await fixture.commit(repository, { 'secret.env': SECRET }, 'oops');
    expect((await get(`/alice/pub/resolve/${oid}/secret.env`)).status).toBe(200);
    expect((await get(`/alice/pub/resolve/${oid.slice(0, 5)}/secret.env`)).status).toBe(200);
    await send('DELETE', '/api/models/alice/pub/branch/oops');
  });

  it.each<[CallerKind, Kind]>([
    ['anonymous', 'short'],
    ['anonymous', 'full'],
    ['anonymous', 'upper-case full'],
    ['reader', 'short'],
    ['reader', 'full'],
    ['writer', 'short'],
  ])('is not found by %s, by its %s id', async (caller, kind) => {
    for (const path of reads('alice/pub', spell(oid, kind))) expect(await get(path, caller)).toMatchObject(NOT_FOUND);
  });

  it.each<Kind>(['full', 'upper-case full'])('is read by a writer, by its %s id', async (kind) => {
    for (const path of reads('alice/pub', spell(oid, kind)))
      expect(await get(path, 'writer')).toMatchObject({ status: 200 });
    expect((await get(`/alice/pub/resolve/${spell(oid, kind)}/secret.env`, 'writer')).body.toString()).toBe(SECRET);
  });

  it('is not found with the cursor of a list', async () => {
    const { headers } = await get(`/api/models/alice/pub/tree/${oid}?limit=1`, 'writer');
    const next = new URL(/<([^>]+)>/.exec(headers['link']!)![1]!);
    next.pathname = '/api/models/alice/pub/tree/main';
    expect(await get(next.pathname + next.search)).toMatchObject(NOT_FOUND);
    expect(await get(next.pathname + next.search, 'writer')).toMatchObject({ status: 200 });
  });

  it('is not fetched over git, unless by a writer', async () => {
    const { git, hub, alice } = fixture;
    await git.output('', 'init', '--quiet', 'fetched');
    const fetch = (...options: string[]) =>
      git.run('fetched', ...options, 'fetch', '--quiet', `${hub.url}/alice/pub`, oid);
    expect((await fetch()).code).not.toBe(0);
    expect((await git.run('fetched', 'cat-file', '-e', oid)).code).not.toBe(0);
    const basic = Buffer.from(`alice:${alice.token}`).toString('base64');
    expect(await fetch('-c', `http.extraHeader=Authorization: Basic ${basic}`)).toMatchObject({ code: 0 });
    await git.output('fetched', 'cat-file', '-e', oid);
  });

  it('is public again once a writer has created a branch there', async () => {
    await send('POST', '/api/models/alice/pub/branch/restored', { startingPoint: oid });
    expect((await get(`/alice/pub/resolve/${oid.slice(0, 5)}/secret.env`)).status).toBe(200);
    await send('DELETE', '/api/models/alice/pub/branch/restored');
    expect(await get(`/alice/pub/resolve/${oid}/secret.env`)).toMatchObject(NOT_FOUND);
  });
});

it('reachable commits of a repository with a cut history are found: on main, on a fork, and below a tag', async () => {
  const repository = await fixture.createRepo('forks');
  const base = await fixture.commit(repository, { 'secret.env': '1' });
  await fixture.store.createBranch(repository, { name: 'side', revision: base });
  await fixture.commit(repository, { 'secret.env': '2' });
  const below = await fixture.commit(repository, { 'secret.env': '3' }, 'side');
  await fixture.store.createBranch(repository, { name: 'lost', revision: below });
  const tagged = await fixture.commit(repository, { 'secret.env': '4' }, 'side');
  await fixture.store.createTag(repository, { name: 'v1', revision: 'side' });
  const lost = await fixture.commit(repository, { 'secret.env': '5' }, 'lost');
  const after = await fixture.commit(repository, { 'secret.env': '6' }, 'side');
  for (const name of ['side', 'lost']) await send('DELETE', `/api/models/alice/forks/branch/${name}`);
  for (const oid of [base, below, tagged])
    for (const path of reads('alice/forks', oid.slice(0, 7))) expect(await get(path)).toMatchObject({ status: 200 });
  for (const oid of [lost, after])
    for (const path of reads('alice/forks', oid)) expect(await get(path)).toMatchObject(NOT_FOUND);
});

it.each([
  ['squashed', (path: string) => send('POST', `${path}/super-squash/main`, {})],
  ['deleted tag', (path: string) => send('DELETE', `${path}/tag/v1`)],
  ['overwritten', (path: string) => send('POST', `${path}/branch/side`, { startingPoint: 'main', overwrite: true })],
])('history behind a ref that was %s is hidden', async (name, cut) => {
  const repo = name.replace(' ', '-');
  const repository = await fixture.createRepo(repo);
  const branch = name === 'squashed' ? 'main' : 'side';
  if (branch === 'side') await fixture.store.createBranch(repository, { name: 'side' });
  const oid = await fixture.commit(repository, { 'secret.env': SECRET }, branch);
  await fixture.commit(repository, { 'secret.env': '' }, branch);
  if (name === 'deleted tag') {
    await fixture.store.createTag(repository, { name: 'v1', revision: oid });
    await send('DELETE', `/api/models/alice/${repo}/branch/side`);
    expect((await get(`/alice/${repo}/resolve/${oid}/secret.env`)).status).toBe(200);
  }
  await cut(`/api/models/alice/${repo}`);
  for (const path of reads(`alice/${repo}`, oid)) expect(await get(path)).toMatchObject(NOT_FOUND);
  expect((await get(`/alice/${repo}/resolve/${oid}/secret.env`, 'writer')).status).toBe(200);
});

it.each<[CallerKind, number]>([
  ['member who reads', 404],
  ['member who writes', 200],
])('in a private repository of an organization, a %s gets %s', async (caller, status) => {
  const name = caller.replaceAll(' ', '-');
  const repo = { type: 'model', namespace: 'team', name } as const;
  const repository = await fixture.store.createRepository({ repo, ownerName: 'team', private: true });
  await fixture.store.createBranch(repository, { name: 'oops' });
  const oid = await fixture.commit(repository, { 'secret.env': SECRET }, 'oops');
  expect((await get(`/team/${name}/resolve/${oid}/secret.env`, caller)).status).toBe(200);
  const refs = fixture.hub.app.get(DataSource);
  await refs.query(`DELETE FROM refs WHERE repository_id = $1 AND name = 'refs/heads/oops'`, [repository.id]);
  await refs.query('INSERT INTO history_cuts (repository_id) VALUES ($1)', [repository.id]);
  expect((await get(`/team/${name}/resolve/${oid}/secret.env`, caller)).status).toBe(status);
});

it.each([
  ['squashed', 'main', (path: string) => send('POST', `${path}/super-squash/main`, {})],
  ['deleted', 'side', (path: string) => send('DELETE', `${path}/branch/side`)],
])('a large file of a branch that was %s is downloaded over LFS by writers only', async (name, branch, cut) => {
  const repository = await fixture.createRepo(`lfs-${name}`);
  if (branch === 'side') await fixture.store.createBranch(repository, { name: 'side' });
  const [secret, shown] = [Buffer.from(`secret ${name}`), Buffer.from(`shown ${name}`)];
  const repo = `alice/lfs-${name}`;
  for (const content of [secret, shown]) await new LfsClient(fixture.hub, repo, fixture.alice).upload(content);
  const commit = (to: string, files: Readonly<Record<string, Buffer>>) =>
    fixture.store.commit(repository, {
      branch: to,
      summary: 'Add files',
      author: { name: 'alice' },
      operations: Object.entries(files).map(([path, content]) => ({
        kind: 'lfsFile',
        path,
        sha256: sha256(content),
        size: content.length,
      })),
    });
  await commit(branch, { 'dir/secret.safetensors': secret });
  await commit('main', { 'dir/shown.safetensors': shown });
  if (branch === 'main') await fixture.commit(repository, { 'dir/secret.safetensors': '' }, 'main');
  const statuses = async (caller: CallerKind) => {
    const { objects } = await new LfsClient(fixture.hub, repo, users.get(caller)).batch('download', [secret, shown]);
    return objects.map((object) => ('actions' in object ? 200 : 404));
  };
  expect(await statuses('anonymous')).toEqual([200, 200]);
  await cut(`/api/models/alice/lfs-${name}`);
  for (const caller of ['anonymous', 'reader'] as const)
    expect({ caller, statuses: await statuses(caller) }).toEqual({ caller, statuses: [404, 200] });
  expect(await statuses('writer')).toEqual([200, 200]);
});

it('an abbreviation is unique if only one reachable commit has it', async () => {
  const repository = await fixture.createRepo('short');
  const oid = await fixture.commit(repository, { 'secret.env': 'shown' });
  const twin = oid.slice(0, 5) + (oid[5] === '0' ? '1' : '0').repeat(35);
  const database = fixture.hub.app.get(DataSource);
  await database.query(
    `INSERT INTO commits (repository_id, oid, tree_oid, parent_oid, generation, line, author_name, author_email, created_at, title, description)
     SELECT repository_id, $2, tree_oid, NULL, 1, $2, author_name, author_email, created_at, title, description
     FROM commits WHERE repository_id = $1 AND oid = $3`,
    [repository.id, twin, oid],
  );
  await database.query('INSERT INTO history_cuts (repository_id) VALUES ($1)', [repository.id]);
  expect((await get(`/alice/short/resolve/${oid.slice(0, 5)}/secret.env`)).status).toBe(200);
});
