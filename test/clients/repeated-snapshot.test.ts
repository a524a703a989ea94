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

async function snapshot(env: PythonEnv, revision = 'main'): Promise<unknown> {
  const python = await PythonClient.start(env, { endpoint: hub.url });
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
