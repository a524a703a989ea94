import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { ReservedNames } from '../../src/fallback/resolver/reserved-names.service.js';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { json } from '../support/fake-replies.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const SHA = 'a'.repeat(40);

/** Has every repository; its lists have one entry of each owner. */
const info = json(200, { id: 'Acme/model', sha: SHA });
const list = json(200, [{ id: 'Acme/model' }, { id: 'other/model' }]);

let world: HubWithSources;
let admin: AdminClient;
let ann: TestUser;
beforeAll(async () => {
  world = await startHubWithSources([
    (response, request) => (/^\/api\/\w+(\?|$)/.test(request.url) ? list : info)(response, request),
  ]);
  admin = adminClient(world.hub);
  ann = await createTestUser(world.hub, 'ann');
  await createTestOrganization(world.hub, 'Acme', { ann: 'admin' });
});
afterAll(() => world.close());
beforeEach(async () => {
  expect((await admin('PUT', '/accounts/acme', { reserved: false })).status).toBe(200);
  world.sources[0]!.forget();
});

const requestsToSource = (): string[] => world.sources[0]!.requests.map(({ url }) => url);
const reserve = async (reserved = true): Promise<void> => {
  const { status, body } = await admin('PUT', '/accounts/acme', { reserved });
  expect([status, body]).toEqual([200, expect.objectContaining({ reserved })]);
};

const PATHS = [
  '/api/models/acme/model',
  '/api/datasets/ACME/model',
  '/api/models/Acme/model/tree/main',
  '/api/spaces/Acme/model/refs',
  '/acme/other/resolve/main/config.json',
  '/api/models?author=Acme',
  '/api/datasets?author=aCME&search=x',
];

describe('a reserved account', () => {
  it.each(PATHS)('is never looked up at sources: %s', async (path) => {
    await world.sendRequest(path, { headers: ann.headers });
    expect(requestsToSource()).not.toEqual([]);
    world.sources[0]!.forget();
    await reserve();
    const { status, body } = await world.sendRequest(path, { headers: ann.headers });
    expect([status, body.toString()]).toEqual(path.includes('author') ? [200, '[]'] : [404, expect.any(String)]);
    expect(requestsToSource()).toEqual([]);
  });

  it('is excluded from the lists of sources', async () => {
    const listIds = async () =>
      ((await world.sendRequest('/api/models')).json() as { id: string }[]).map(({ id }) => id);
    expect(await listIds()).toEqual(expect.arrayContaining(['Acme/model', 'other/model']));
    await reserve();
    expect(await listIds()).toEqual(['other/model']);
  });

  it('is not looked up by dry runs', async () => {
    const request = { op: 'info', repo_type: 'model', namespace: 'acme', name: 'model' };
    const dryRun = () => admin('POST', '/fallback/test/simulate', request);
    expect((await dryRun()).body).toMatchObject({ final: { status: 200 } });
    await reserve();
    world.sources[0]!.forget();
    expect((await dryRun()).body).toMatchObject({ attempts: [], final: { status: 404 } });
    expect(requestsToSource()).toEqual([]);
  });

  it('does not affect other names', async () => {
    await reserve();
    const statuses = await Promise.all(
      ['/api/models/acme-labs/model', '/api/models/acm/model', '/api/models/acme'].map((path) =>
        world.sendRequest(path),
      ),
    );
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('is looked up again after an administrator has unreserved or deleted it', async () => {
    await createTestUser(world.hub, 'shortlived');
    await admin('PUT', '/accounts/shortlived', { reserved: true });
    const status = async (name: string) => (await world.sendRequest(`/api/models/${name}/model`)).status;
    await reserve();
    expect([await status('acme'), await status('ShortLived')]).toEqual([404, 404]);
    await reserve(false);
    expect((await admin('DELETE', '/accounts/shortlived')).status).toBe(200);
    expect([await status('acme'), await status('shortlived')]).toEqual([200, 200]);
  });

  it('is reserved within seconds after another replica has reserved it', async () => {
    const names = world.hub.app.get(ReservedNames, { strict: false });
    await world.hub.app.get(DataSource).query(`UPDATE accounts SET reserved = true WHERE lookup_name = 'acme'`);
    while (!names.has('acme')) await new Promise((resolve) => setImmediate(resolve));
    await world.sendRequest('/api/models/acme/model');
    expect(requestsToSource()).toEqual([]);
  });
});
