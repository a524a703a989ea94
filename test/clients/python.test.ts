import { FAILURES, callsOf } from './source-failures.js';
import { HubFixture } from './hub-fixture.js';
import { describeReads } from './read-suite.js';
import { PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// huggingface_hub against the hub process, signed in at the hub, in front of the scripted huggingface.co.
let fixture: HubFixture;
const settings = () => ({ endpoint: fixture.hub.url, token: fixture.token });

beforeAll(async () => {
  fixture = await HubFixture.start();
});
afterAll(() => fixture?.close());

// Both generations: they differ in how they follow redirects, and in what they make of errors.
describe.each(PYTHON_ENVS)('%s through the hub', (env) => {
  let python: PythonClient;
  beforeAll(async () => {
    python = await PythonClient.start(env, settings());
  });
  afterAll(() => python?.close());

  describeReads(env, () => ({ far: fixture.far, settings: settings() }));

  it.each(FAILURES)('raises what it should when a source answers $name', async (failure) => {
    const calls = callsOf(failure);
    const outcomes = await python.call(...calls.map(({ call, args }) => ({ on: 'api' as const, call, args })));
    const answers = outcomes.map(({ value, error }) => error?.[0] ?? value);
    expect(Object.fromEntries(calls.map(({ call }, n) => [call, answers[n]]))).toEqual(
      Object.fromEntries(calls.map(({ call, expected }) => [call, expected])),
    );
  });

  it('is refused files of gated, disabled and private repositories, and told of the first two', async () => {
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

  it('is told that its token is wrong, and not that there is nothing', async () => {
    const stranger = await PythonClient.start(env, {
      endpoint: fixture.hub.url,
      token: 'hf_nobody_has_this_token_0123456789',
    });
    const [answer] = await stranger.call({ on: 'api', call: 'model_info', args: { repo_id: 'far-ai/tiny' } });
    await stranger.close();
    expect([answer?.error?.[0], answer?.message]).toEqual([
      'HfHubHTTPError',
      expect.stringContaining('Invalid credentials'),
    ]);
  });

  it('reads the same without any token', async () => {
    const guest = await PythonClient.start(env, { endpoint: fixture.hub.url });
    const { code } = await guest.hf('download', 'far-ai/tiny', 'config.json', 'model.safetensors');
    await guest.close();
    expect(code).toBe(0);
  });
});

it('loads a dataset and a configuration with the libraries on top', async () => {
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

it('has shown the caller’s token to nobody', () => {
  expect(fixture.seenOutside.length).toBeGreaterThan(100);
  expect(fixture.leaks).toEqual([]);
});
