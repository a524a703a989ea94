import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { LfsClient, sha256 } from '../support/lfs-client.js';
import { defaultGitAttributes } from '../../src/repos/store/default-git-attributes.js';
import { CollectionJobs } from '../../src/repos/gc/collection-jobs.service.js';
import { createTestUser } from '../support/test-users.js';

let hub: RunningHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.close());

const collect = (headers = {}) => sendRequest(hub.url, '/admin/api/storage/collect', { method: 'POST', headers });

/** Bytes of the file that each new repository has. */
const GITATTRIBUTES = Buffer.byteLength(defaultGitAttributes('model'));
const COLLECTIONS = '/admin/api/storage/collections';

/** Starts a collection and waits until it has finished. */
async function collected(admin: { readonly 'x-admin-token': string }): Promise<unknown> {
  const started = await collect(admin);
  expect(started.status).toBe(202);
  expect(started.json()).toMatchObject({ trigger: 'administrator' });
  await hub.app.get(CollectionJobs).settled();
  const { pathname } = new URL(started.headers['location'] as string);
  return (await sendRequest(hub.url, pathname, { headers: admin })).json();
}

it('deletes unreferenced content on request of an administrator and reports its size', async () => {
  const admin = { 'x-admin-token': hub.adminToken };
  const alice = await createTestUser(hub, 'alice');
  const repo = { type: 'model', namespace: 'alice', name: 'm' } as const;
  const repositories = LocalRepos.of(hub.app);
  const { id } = await repositories.createRepository({ repo, ownerName: 'alice', private: false });
  const content = randomBytes(1234);
  await new LfsClient(hub, 'alice/m', alice).upload(content);
  const database = hub.app.get<DataSource>(getDataSourceToken());
  await database.query('DELETE FROM repositories WHERE id = $1', [id]);
  expect(await collected(admin)).toMatchObject({ state: 'succeeded', deleted: 0, freed_bytes: 0, unreferenced: 2 });
  const storage = async () => (await sendRequest(hub.url, '/admin/api/storage', { headers: admin })).json();
  expect(await storage()).toMatchObject({ unneeded: 2, bytes: 1234 + GITATTRIBUTES, referenced_bytes: 0, contents: 2 });
  const expire = "UPDATE contents SET touched_at = now() - interval '25 hours' WHERE sha256 = $1";
  await database.query(expire, [sha256(content)]);
  expect(await collected(admin)).toMatchObject({ state: 'succeeded', deleted: 1, freed_bytes: 1234, unreferenced: 1 });
  expect(await storage()).toMatchObject({ unneeded: 1, bytes: GITATTRIBUTES, contents: 1 });
  const { collections } = (await sendRequest(hub.url, COLLECTIONS, { headers: admin })).json() as {
    collections: object[];
  };
  expect(collections).toMatchObject([{ deleted: 1 }, { deleted: 0 }]);
  const missing = await sendRequest(hub.url, `${COLLECTIONS}/99`, { headers: admin });
  expect([missing.status, (missing.json() as { error: string }).error]).toEqual([
    404,
    'There is no collection 99. The last 100 are kept.',
  ]);
  expect((await sendRequest(hub.url, `${COLLECTIONS}/0`, { headers: admin })).status).toBe(400);
});

it('requires the admin token', async () => {
  expect((await collect()).status).toBe(401);
  expect((await collect({ 'x-admin-token': 'wrong' })).status).toBe(403);
});
