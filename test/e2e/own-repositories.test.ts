import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commitBody, fileLine } from '../support/commit-body.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let alice: TestUser;
let bob: TestUser;
let reader: TestUser;
beforeAll(async () => {
  hub = await startHub();
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
  reader = await createTestUser(hub, 'alice', 'read');
  await createTestOrganization(hub, 'acme', { alice: 'admin' });
});
afterAll(() => hub?.close());

const send = (path: string, options: RequestOptions = {}, user: TestUser | undefined = alice): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { ...options, headers: { ...user?.headers, ...options.headers } });

async function create(name: string, type = 'model', more: object = {}): Promise<void> {
  const [organization, repo] = name.split('/');
  const json = { organization, name: repo, type, ...more };
  expect((await send('/api/repos/create', { method: 'POST', json })).status).toBe(200);
}

/** Commits to a model and returns the commit. */
async function commit(name: string, ...lines: [string, object][]): Promise<string> {
  const response = await send(`/api/models/${name}/commit/main`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: commitBody('change', ...lines),
  });
  expect([response.status, response.body.toString()]).toEqual([200, expect.any(String)]);
  return (response.json() as { commitOid: string }).commitOid;
}

describe('the list of repositories with their storage', () => {
  const list = async (path: string, user = alice): Promise<Record<string, unknown>[]> =>
    (await send(path, {}, user)).json() as Record<string, unknown>[];

  it('has the caller’s repositories of all types, largest first', async () => {
    await create('alice/small');
    await create('alice/large', 'model', { private: true });
    await create('alice/rows', 'dataset');
    await create('acme/shared');
    await commit('alice/large', fileLine('a.bin', randomBytes(50_000)));
    const all = await list('/api/settings/repositories');
    expect(all[0]).toEqual({
      id: 'alice/large',
      type: 'model',
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      visibility: 'private',
      storage: expect.any(Number) as unknown,
      storagePercent: expect.any(Number) as unknown,
    });
    expect(all[0]!['storage']).toBeGreaterThan(50_000);
    expect(all[0]!['storagePercent']).toBeGreaterThan(80);
    expect(all.map(({ id }) => id).sort()).toEqual(['alice/large', 'alice/rows', 'alice/small']);
    expect((await list('/api/settings/repositories', reader)).length).toBe(3);
  });

  it('has filters and pages', async () => {
    const ids = async (query: string) => (await list(`/api/settings/repositories?${query}`)).map(({ id }) => id);
    expect(await ids('type=dataset')).toEqual(['alice/rows']);
    expect(await ids('type=bucket')).toEqual([]);
    expect(await ids('search=LARG')).toEqual(['alice/large']);
    const found: unknown[] = [];
    for (let path: string | undefined = '/api/settings/repositories?limit=2'; path;) {
      const { headers, json } = await send(path);
      found.push(...(json() as { id: string }[]).map(({ id }) => id));
      path = /^<([^>]*)>; rel="next"$/.exec(headers['link'] ?? '')?.[1]?.slice(hub.url.length);
    }
    expect(found.sort()).toEqual(['alice/large', 'alice/rows', 'alice/small']);
  });

  it('is for members only if it is of an organization', async () => {
    const path = '/api/organizations/acme/settings/repositories';
    expect((await list(path)).map(({ id }) => id)).toEqual(['acme/shared']);
    expect((await send(path, {}, bob)).status).toBe(403);
    expect((await sendRequest(hub.url, path)).status).toBe(401);
    expect((await sendRequest(hub.url, '/api/settings/repositories')).status).toBe(401);
    expect((await send('/api/organizations/alice/settings/repositories')).status).toBe(404);
    expect((await send('/api/organizations/nobody/settings/repositories')).status).toBe(404);
  });
});

describe('/api/resolve-cache', () => {
  it('serves the files of a commit like /resolve', async () => {
    await create('alice/cached');
    const oid = await commit('alice/cached', fileLine('dir/a b.txt', 'hello'));
    const path = `/api/resolve-cache/models/alice/cached/${oid}/dir/a%20b.txt`;
    const file = await send(`${path}?%2Falice%2Fcached%2Fresolve=&etag=x`, {}, undefined);
    expect([file.status, file.body.toString(), file.headers['x-repo-commit']]).toEqual([200, 'hello', oid]);
    const range = await send(path, { headers: { range: 'bytes=1-2' } });
    expect([range.status, range.body.toString()]).toEqual([206, 'el']);
    const missing = await send(`/api/resolve-cache/models/alice/cached/${oid}/none`);
    expect([missing.status, missing.headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
  });
});
