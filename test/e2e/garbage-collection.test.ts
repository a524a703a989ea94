import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { LfsClient, sha256 } from '../support/lfs-client.js';
import { createTestUser } from '../support/test-users.js';

let hub: RunningHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.close());

const collect = (headers = {}) => sendRequest(hub.url, '/admin/api/storage/collect', { method: 'POST', headers });

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
  expect((await collect(admin)).json()).toEqual({ collected: 0, bytes: 0 });
  const expire = "UPDATE contents SET touched_at = now() - interval '25 hours' WHERE sha256 = $1";
  await database.query(expire, [sha256(content)]);
  const response = await collect(admin);
  expect(response.status).toBe(200);
  expect(response.json()).toEqual({ collected: 1, bytes: 1234 });
});

it('requires the admin token', async () => {
  expect((await collect()).status).toBe(401);
  expect((await collect({ 'x-admin-token': 'wrong' })).status).toBe(403);
});
