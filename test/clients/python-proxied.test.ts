import { readFile } from 'node:fs/promises';
import { TINY_FILES, contentOf } from './client-repos.js';
import { HubStage } from './hub-stage.js';
import { describeReads } from './read-suite.js';
import { truncated } from '../support/fake-replies.js';
import { wholeText } from '../support/fake-upstream.js';
import { NEWEST_PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// The same reads where the source has a token and the hub hands on every byte itself.
const SOURCE_TOKEN = 'hf_of_the_source_not_of_the_caller_0123456789';
let stage: HubStage;
const settings = () => ({ endpoint: stage.hub.url, token: stage.token });

beforeAll(async () => {
  // The CDN is a host that the source names; on loopback it has to be allowed.
  const env = { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' };
  stage = await HubStage.start({ token: SOURCE_TOKEN, delivery: 'proxy' }, env);
});
afterAll(() => stage?.close());

describe.each(NEWEST_PYTHON_ENVS)('%s through a hub that streams', (env) => {
  describeReads(env, () => ({ far: stage.far, settings: settings() }));

  it('gets a file whole although its stream broke off', async () => {
    const whole = contentOf(TINY_FILES, 'model.safetensors');
    const { cdn } = stage.far;
    const before = cdn.upstream.requests.length;
    cdn.script = (response, request) => {
      cdn.script = undefined;
      return truncated(whole.subarray(0, 100_000), whole.length)(response, request);
    };
    const python = await PythonClient.start(env, settings());
    const args = { repo_id: 'far-ai/tiny', filename: 'model.safetensors' };
    const [outcome] = await python.ask({ on: 'api', call: 'hf_hub_download', args });
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
    const outcomes = await python.ask(download('far-ai/private'), download('far-ai/gated'));
    await python.close();
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
  });
});

it('has shown the caller’s token to nobody, the source’s token to the source alone, and itself as the only asker', () => {
  expect(stage.leaks).toEqual([]);
  const [atSource, atCdn] = [stage.far.upstream.requests, stage.far.cdn.upstream.requests];
  expect(atCdn.length).toBeGreaterThan(0);
  expect(atCdn.map(wholeText).filter((text) => text.includes(SOURCE_TOKEN))).toEqual([]);
  expect(atSource.every(({ headers }) => headers.authorization === `Bearer ${SOURCE_TOKEN}`)).toBe(true);
  expect([...atSource, ...atCdn].every(({ headers }) => headers['user-agent']?.startsWith('hubfall/'))).toBe(true);
});
