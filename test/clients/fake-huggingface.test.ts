import { CLIENT_REPOS } from './client-repos.js';
import { describeJavascript } from './javascript-suite.js';
import { describeReads } from './read-suite.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { NEWEST_PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// Verifies the fake huggingface.co: real clients that use it directly must accept it as huggingface.co.
const TOKEN = 'hf_directly_to_the_upstream_0123456789';
// The fake advertises Xet as huggingface.co does, but has no Xet storage.
const WITHOUT_XET = { HF_HUB_DISABLE_XET: '1' };

let huggingFace: FakeHuggingFace;
beforeAll(async () => {
  huggingFace = await FakeHuggingFace.start({
    repos: CLIENT_REPOS,
    pageSize: 7,
    accounts: [{ name: 'ada', token: TOKEN }],
  });
});
afterAll(() => huggingFace?.close());

describe.each(NEWEST_PYTHON_ENVS)('%s with the fake huggingface.co', (env) => {
  describeReads(env, () => ({ huggingFace, settings: { endpoint: huggingFace.url, token: TOKEN, more: WITHOUT_XET } }));

  it('raises the errors of huggingface.co', async () => {
    const settings = { endpoint: huggingFace.url, token: TOKEN, more: WITHOUT_XET };
    const [python, invalidClient] = await Promise.all([
      PythonClient.start(env, settings),
      PythonClient.start(env, { ...settings, token: 'hf_nobody_knows_this_token_0123456789' }),
    ]);
    const download = (repo_id: string) =>
      ({ on: 'api', call: 'hf_hub_download', args: { repo_id, filename: 'config.json' } }) as const;
    const outcomes = await python.call(
      download('far-ai/gated'),
      download('far-ai/private'),
      download('far-ai/tiny'),
      download('far-ai/disabled'),
    );
    const [rejected] = await invalidClient.call({ on: 'api', call: 'whoami', args: {} });
    await Promise.all([python.close(), invalidClient.close()]);
    expect(outcomes.map(({ error }) => error?.[0])).toEqual([
      'GatedRepoError',
      'RepositoryNotFoundError',
      undefined,
      'LocalEntryNotFoundError',
    ]);
    expect(rejected?.message).toMatch(/Invalid user token|401/);
  });
});

describe('@huggingface/hub with the fake huggingface.co', () => {
  describeJavascript(() => ({ huggingFace, settings: { endpoint: huggingFace.url, token: TOKEN }, xet: false }));
});
