import { readFile } from 'node:fs/promises';
import { TINY_FILES, contentOf } from './client-repos.js';
import { HubFixture } from './hub-fixture.js';
import { describeReads } from './read-suite.js';
import { truncated } from '../support/fake-replies.js';
import { requestText } from '../support/fake-upstream.js';
import { NEWEST_PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// The read suite with a source that has a token, where the hub proxies all content.
const SOURCE_TOKEN = 'hf_of_the_source_not_of_the_caller_0123456789';
let fixture: HubFixture;
const settings = () => ({ endpoint: fixture.hub.url, token: fixture.token });

beforeAll(async () => {
  // The fake CDN has a loopback address.
  const env = { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' };
  fixture = await HubFixture.start({ token: SOURCE_TOKEN, delivery: 'proxy' }, env);
});
afterAll(() => fixture?.close());

describe.each(NEWEST_PYTHON_ENVS)('%s through a proxying hub', (env) => {
  describeReads(env, () => ({ huggingFace: fixture.huggingFace, settings: settings() }));

  it('resumes a download after an interrupted stream', async () => {
    const whole = contentOf(TINY_FILES, 'model.safetensors');
    const { cdn } = fixture.huggingFace;
    const before = cdn.upstream.requests.length;
    cdn.script = (response, request) => {
      cdn.script = undefined;
      return truncated(whole.subarray(0, 100_000), whole.length)(response, request);
    };
    const python = await PythonClient.start(env, settings());
    const args = { repo_id: 'far-ai/tiny', filename: 'model.safetensors' };
    const [outcome] = await python.call({ on: 'api', call: 'hf_hub_download', args });
    const downloaded = outcome?.error ? Buffer.from(String(outcome.message)) : await readFile(outcome?.value as string);
    await python.close();
    expect(downloaded.equals(whole)).toBe(true);
    expect(cdn.upstream.requests.length - before).toBe(2);
  });

  it('reads private and gated repositories with the token of the source', async () => {
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

it('sends the caller’s token to no source and the source’s token only to the source, and proxies all requests', () => {
  expect(fixture.leaks).toEqual([]);
  const [atSource, atCdn] = [fixture.huggingFace.upstream.requests, fixture.huggingFace.cdn.upstream.requests];
  expect(atCdn.length).toBeGreaterThan(0);
  expect(atCdn.map(requestText).filter((text) => text.includes(SOURCE_TOKEN))).toEqual([]);
  expect(atSource.every(({ headers }) => headers.authorization === `Bearer ${SOURCE_TOKEN}`)).toBe(true);
  expect([...atSource, ...atCdn].every(({ headers }) => headers['user-agent']?.startsWith('hubfall/'))).toBe(true);
});
