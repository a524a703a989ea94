import { FAILURES, callsOf } from './source-failures.js';
import { HubFixture } from './hub-fixture.js';
import { describeReads } from './read-suite.js';
import { PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// huggingface_hub with an access token of the hub, whose source is a fake huggingface.co.
let fixture: HubFixture;
const settings = () => ({ endpoint: fixture.hub.url, token: fixture.token });

beforeAll(async () => {
  fixture = await HubFixture.start();
});
afterAll(() => fixture?.close());

// Both versions, because they follow redirects and report errors differently.
describe.each(PYTHON_ENVS)('%s through the hub', (env) => {
  let python: PythonClient;
  beforeAll(async () => {
    python = await PythonClient.start(env, settings());
  });
  afterAll(() => python?.close());

  describeReads(env, () => ({ huggingFace: fixture.huggingFace, settings: settings() }));

  it.each(FAILURES)('raises the expected exceptions for $name', async (failure) => {
    const calls = callsOf(failure);
    const outcomes = await python.call(...calls.map(({ call, args }) => ({ on: 'api' as const, call, args })));
    const answers = outcomes.map(({ value, error }) => error?.[0] ?? value);
    expect(Object.fromEntries(calls.map(({ call }, n) => [call, answers[n]]))).toEqual(
      Object.fromEntries(calls.map(({ call, expected }) => [call, expected])),
    );
  });

  it('gated and disabled repositories exist without access, private ones do not exist', async () => {
    const file = (repo_id: string) => ({
      on: 'api' as const,
      call: 'file_exists',
      args: { repo_id, filename: 'config.json' },
    });
    const info = (repo_id: string) => ({ on: 'api' as const, call: 'repo_exists', args: { repo_id } });
    const outcomes = await python.call(
      ...['far-ai/gated', 'far-ai/disabled', 'far-ai/private', 'far-ai/nothing'].flatMap((id) => [file(id), info(id)]),
    );
    expect(outcomes.map(({ value, error }) => error?.[0] ?? value)).toEqual([
      'GatedRepoError',
      true,
      'DisabledRepoError',
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('reports an invalid token instead of a missing repository', async () => {
    const invalidClient = await PythonClient.start(env, {
      endpoint: fixture.hub.url,
      token: 'hf_nobody_has_this_token_0123456789',
    });
    const [answer] = await invalidClient.call({ on: 'api', call: 'model_info', args: { repo_id: 'far-ai/tiny' } });
    await invalidClient.close();
    expect([answer?.error?.[0], answer?.message]).toEqual([
      'HfHubHTTPError',
      expect.stringContaining('Invalid credentials'),
    ]);
  });

  it('downloads without a token', async () => {
    const guest = await PythonClient.start(env, { endpoint: fixture.hub.url });
    const { code } = await guest.hf('download', 'far-ai/tiny', 'config.json', 'model.safetensors');
    await guest.close();
    expect(code).toBe(0);
  });
});

it('datasets and transformers load a dataset and configurations', async () => {
  const python = await PythonClient.start('hf1', settings());
  const { code, stdout, stderr } = await python.run('libraries.py', ['far-ai/rows', 'far-ai/tiny', 'gpt2']);
  await python.close();
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const train = [
    { id: 1, text: 'one' },
    { id: 2, text: 'two, and a comma' },
    { id: 3, text: 'drei' },
  ];
  expect(JSON.parse(stdout)).toMatchObject({
    rows: { train, test: [{ id: 4, text: 'vier' }] },
    streamed: train,
    configs: { 'far-ai/tiny': { model_type: 'gpt2', n_layer: 2 }, gpt2: { n_head: 2 } },
  });
}, 120_000);

it('sends the caller’s token to no source', () => {
  expect(fixture.externalRequests.length).toBeGreaterThan(100);
  expect(fixture.leaks).toEqual([]);
});
