import { readFile } from 'node:fs/promises';
import { TINY_FILES, contentOf } from './client-repos.js';
import { HubFixture } from './hub-fixture.js';
import { describeReads } from './read-suite.js';
import { truncated } from '../support/fake-replies.js';
import { requestText } from '../support/fake-upstream.js';
import { NEWEST_PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// The same reads where the source has a token and the hub hands on every byte itself.
const SOURCE_TOKEN = 'hf_of_the_source_not_of_the_caller_0123456789';
let fixture: HubFixture;
const settings = () => ({ endpoint: fixture.hub.url, token: fixture.token });

beforeAll(async () => {
  // The CDN is a host that the source names; on loopback it has to be allowed.
  const env = { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' };
  fixture = await HubFixture.start({ token: SOURCE_TOKEN, delivery: 'proxy' }, env);
});
afterAll(() => fixture?.close());

describe.each(NEWEST_PYTHON_ENVS)('%s through a hub that streams', (env) => {
  describeReads(env, () => ({ far: fixture.far, settings: settings() }));

  it('gets a file whole although its stream broke off', async () => {
    const whole = contentOf(TINY_FILES, 'model.safetensors');
    const { cdn } = fixture.far;
    const before = cdn.upstream.requests.length;
    cdn.script = (response, request) => {
      cdn.script = undefined;
      return truncated(whole.subarray(0, 100_000), whole.length)(response, request);
    };
    const python = await PythonClient.start(env, settings());
    const args = { repo_id: 'far-ai/tiny', filename: 'model.safetensors' };
    const [outcome] = await python.call({ on: 'api', call: 'hf_hub_download', args });
    const there = outcome?.error ? Buffer.from(String(outcome.message)) : await readFile(outcome?.value as string);
    await python.close();
    expect(there.equals(whole)).toBe(true);
    expect(cdn.upstream.requests.length - before).toBe(2);
  });

  it('reads what the source’s token may read', async () => {
    const python = await PythonClient.start(env, settings());
    const download = (repo_id: string) => ({
      on: 'api' as const,
      call: 'hf_hub_download',
      args: { repo_id, filename: 'config.json' },
    });
    const outcomes = await python.call(download('far-ai/private'), download('far-ai/gated'));
    await python.close();
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
  });
});

it('has shown the caller’s token to nobody, the source’s token to the source alone, and itself as the only asker', () => {
  expect(fixture.leaks).toEqual([]);
  const [atSource, atCdn] = [fixture.far.upstream.requests, fixture.far.cdn.upstream.requests];
  expect(atCdn.length).toBeGreaterThan(0);
  expect(atCdn.map(requestText).filter((text) => text.includes(SOURCE_TOKEN))).toEqual([]);
  expect(atSource.every(({ headers }) => headers.authorization === `Bearer ${SOURCE_TOKEN}`)).toBe(true);
  expect([...atSource, ...atCdn].every(({ headers }) => headers['user-agent']?.startsWith('hubfall/'))).toBe(true);
});
