import { SHARDS } from './client-repos.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { HubProcess } from '../support/hub-process.js';
import { NEWEST_PYTHON_ENVS, PythonClient, type PythonEnv } from '../support/python-client.js';

// A team's machines download the same repository, one after the other: its source hears of the hub once, however many they are.
let far: FakeHuggingFace;
let hub: HubProcess;

beforeAll(async () => {
  far = await FakeHuggingFace.start({ repos: [SHARDS], accounts: [] });
  hub = await HubProcess.start({ sources: [{ name: 'Far', url: far.url, source_type: 'huggingface', priority: 1 }] });
});
afterAll(async () => {
  await hub?.close();
  await far?.close();
});

/** What the hub asked, not what clients asked where it sent them. */
const askedByHub = (): string[] =>
  far.requests
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

describe.each(NEWEST_PYTHON_ENVS)('snapshot_download of %s, 50 files, on a machine that has none of them', (env) => {
  it('costs the source one question of the hub once somebody else has done it', async () => {
    expect(await snapshot(env)).toBe('done');
    far.forget();
    expect(await snapshot(env)).toBe('done');
    expect(askedByHub().length).toBeLessThanOrEqual(1);
  });

  it('and none at all at a commit', async () => {
    const sha = far.repo(SHARDS.id).main.id;
    expect(await snapshot(env, sha)).toBe('done');
    far.forget();
    expect(await snapshot(env, sha)).toBe('done');
    expect(askedByHub()).toEqual([]);
  });
});
