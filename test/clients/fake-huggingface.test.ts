import { CLIENT_REPOS } from './client-repos.js';
import { describeJavascript } from './javascript-suite.js';
import { describeReads } from './read-suite.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { NEWEST_PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// The scripted hub is only worth testing against if real clients take it for huggingface.co: they are sent to it directly.
const TOKEN = 'hf_directly_to_the_far_side_0123456789';
// The scripted hub advertises xet as the real one does, but offers no such store.
const WITHOUT_XET = { HF_HUB_DISABLE_XET: '1' };

let far: FakeHuggingFace;
beforeAll(async () => {
  far = await FakeHuggingFace.start({ repos: CLIENT_REPOS, pageSize: 7, accounts: [{ name: 'ada', token: TOKEN }] });
});
afterAll(() => far?.close());

describe.each(NEWEST_PYTHON_ENVS)('%s sent straight to the scripted hub', (env) => {
  describeReads(env, () => ({ far, settings: { endpoint: far.url, token: TOKEN, more: WITHOUT_XET } }));

  it('is refused as huggingface.co refuses', async () => {
    const settings = { endpoint: far.url, token: TOKEN, more: WITHOUT_XET };
    const [python, stranger] = await Promise.all([
      PythonClient.start(env, settings),
      PythonClient.start(env, { ...settings, token: 'hf_nobody_knows_this_token_0123456789' }),
    ]);
    const ask = (repo_id: string) =>
      ({ on: 'api', call: 'hf_hub_download', args: { repo_id, filename: 'config.json' } }) as const;
    const outcomes = await python.call(
      ask('far-ai/gated'),
      ask('far-ai/private'),
      ask('far-ai/tiny'),
      ask('far-ai/disabled'),
    );
    const [rejected] = await stranger.call({ on: 'api', call: 'whoami', args: {} });
    await Promise.all([python.close(), stranger.close()]);
    expect(outcomes.map(({ error }) => error?.[0])).toEqual([
      'GatedRepoError',
      'RepositoryNotFoundError',
      undefined,
      'LocalEntryNotFoundError',
    ]);
    expect(rejected?.message).toMatch(/Invalid user token|401/);
  });
});

describe('@huggingface/hub sent straight to the scripted hub', () => {
  describeJavascript(() => ({ far, settings: { endpoint: far.url, token: TOKEN }, xet: false }));
});
