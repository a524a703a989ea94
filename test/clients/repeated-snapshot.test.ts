import { SHARDS } from './client-repos.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { HubProcess } from '../support/hub-process.js';
import { NEWEST_PYTHON_ENVS, PythonClient, type PythonEnv } from '../support/python-client.js';

// Several machines download the same repository: the hub requests it from the source only once.
let huggingFace: FakeHuggingFace;
let hub: HubProcess;

beforeAll(async () => {
  huggingFace = await FakeHuggingFace.start({ repos: [SHARDS], accounts: [] });
  hub = await HubProcess.start({
    sources: [{ name: 'Far', url: huggingFace.url, source_type: 'huggingface', priority: 1 }],
  });
});
afterAll(async () => {
  await hub?.close();
  await huggingFace?.close();
});

/** Requests by the hub, without those by redirected clients. */
const requestsByHub = (): string[] =>
  huggingFace.requests
    .filter(({ headers }) => headers['user-agent']?.startsWith('hubfall/'))
    .map(({ method, url }) => `${method} ${url}`);

async function snapshot(env: PythonEnv, revision = 'main', endpoint = hub.url): Promise<unknown> {
  const python = await PythonClient.start(env, { endpoint });
  try {
    const [outcome] = await python.call({
      on: 'api',
      call: 'snapshot_download',
      args: { repo_id: SHARDS.id, revision },
    });
    return outcome!.error ?? 'done';
  } finally {
    await python.close();
  }
}

describe.each(NEWEST_PYTHON_ENVS)('snapshot_download of 50 files with %s and an empty local cache', (env) => {
  it('sends the source at most one request after the first download', async () => {
    expect(await snapshot(env)).toBe('done');
    huggingFace.forget();
    expect(await snapshot(env)).toBe('done');
    expect(requestsByHub().length).toBeLessThanOrEqual(1);
  });

  it('sends the source no requests for a commit', async () => {
    const sha = huggingFace.repo(SHARDS.id).main.id;
    expect(await snapshot(env, sha)).toBe('done');
    huggingFace.forget();
    expect(await snapshot(env, sha)).toBe('done');
    expect(requestsByHub()).toEqual([]);
  });
});

describe('a hub that caches files', () => {
  let caching: HubProcess;
  beforeAll(async () => {
    const source = {
      name: 'Far',
      url: huggingFace.url,
      source_type: 'huggingface',
      priority: 1,
      delivery: 'cache',
    } as const;
    const env = { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true', KOHAKU_HUB_FALLBACK_FRESH_SECONDS: '600' };
    caching = await HubProcess.start({ sources: [source], env });
  });
  afterAll(() => caching?.close());

  const switchOffline = (offline: boolean) =>
    fetch(`${caching.url}/admin/api/offline`, {
      method: 'PUT',
      headers: { 'x-admin-token': caching.adminToken, 'content-type': 'application/json' },
      body: JSON.stringify({ offline }),
    });

  it.each(NEWEST_PYTHON_ENVS)(
    'sends the source no requests for a repeated snapshot with %s, and serves it offline',
    async (env) => {
      expect(await snapshot(env, 'main', caching.url)).toBe('done');
      huggingFace.forget();
      expect(await snapshot(env, 'main', caching.url)).toBe('done');
      await switchOffline(true);
      expect(await snapshot(env, 'main', caching.url)).toBe('done');
      const python = await PythonClient.start(env, { endpoint: caching.url });
      const { code, stderr } = await python.hf('download', 'far-ai/not-cached', 'config.json');
      await python.close();
      expect([code, stderr]).toEqual([1, expect.stringContaining('Ask an administrator to prefetch it')]);
      await switchOffline(false);
      expect(requestsByHub()).toEqual([]);
    },
  );
});
