import { listModels } from '@huggingface/hub';
import { listResponder, type FakeListEntry } from '../support/fake-huggingface-lists.js';
import { FakeUpstream, requestText } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';
import { registerUser } from '../support/register-user.js';
import { NEWEST_PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// Two sources have 60 repositories each; a third of them are on both.
const listOf = (source: number): FakeListEntry[] =>
  Array.from({ length: 60 }, (_, n) => ({
    id: n % 3 === 0 ? `both/model-${n}` : `of${source}/model-${n}`,
    downloads: (n * 7 + source) % 61,
    lastModified: new Date(Date.UTC(2024, 0, 1 + ((n * 11) % 60))).toISOString(),
    tags: n % 2 === 0 ? ['even'] : [],
    gated: false,
  }));
const LISTS = [listOf(1), listOf(2)];
const EXPECTED_IDS = [...new Set(LISTS.flat().map(({ id }) => id))].sort();

let hub: HubProcess;
let sources: FakeUpstream[];
let token: string;
beforeAll(async () => {
  sources = await Promise.all(LISTS.map((list) => FakeUpstream.start(listResponder(() => list, 25))));
  hub = await HubProcess.start({
    sources: sources.map(({ url }, n) => ({
      name: `S${n}`,
      url,
      source_type: 'huggingface' as const,
      priority: n + 1,
    })),
  });
  token = await registerUser(hub.url, 'client');
});
afterAll(async () => {
  await hub?.close();
  await Promise.all(sources.map((source) => source.close()));
});

describe.each(NEWEST_PYTHON_ENVS)('%s', (env) => {
  let python: PythonClient;
  beforeAll(async () => {
    python = await PythonClient.start(env, { endpoint: hub.url, token });
  });
  afterAll(() => python?.close());

  it('lists, sorts and filters repositories over several pages', async () => {
    const apiCall = (call: string, args: object = {}) => ({ on: 'api' as const, call, args: { ...args } });
    const outcomes = await python.call(
      apiCall('list_models'),
      apiCall('list_models', { limit: 7, sort: 'downloads' }),
      apiCall('list_models', { sort: 'last_modified', full: true }),
      apiCall('list_models', { author: 'of1', search: 'model-1' }),
      apiCall('list_models', { filter: 'even', author: 'both' }),
      apiCall('list_datasets', { author: 'of1', limit: 3 }),
      apiCall('list_spaces', { author: 'nobody' }),
    );
    const ids = outcomes.map(
      ({ value, message }) => (value as { id: string }[] | undefined)?.map(({ id }) => id) ?? message,
    );
    expect([...(ids[0] as string[])].sort()).toEqual(EXPECTED_IDS);
    expect(ids[1]).toHaveLength(7);
    const downloads = (outcomes[1]!.value as { downloads: number }[]).map((item) => item.downloads);
    expect(downloads).toEqual([...downloads].sort((a, b) => b - a));
    expect([...(ids[2] as string[])].sort()).toEqual(EXPECTED_IDS);
    const dates = (outcomes[2]!.value as { last_modified: string }[]).map((item) => Date.parse(item.last_modified));
    expect(dates).toEqual([...dates].sort((a, b) => b - a));
    expect([...(ids[3] as string[])].sort()).toEqual(EXPECTED_IDS.filter((id) => id.startsWith('of1/model-1')));
    expect([...(ids[4] as string[])].sort()).toEqual(
      EXPECTED_IDS.filter((id) => id.startsWith('both/') && Number(id.split('-')[1]) % 2 === 0),
    );
    expect(ids[5]).toHaveLength(3);
    expect(ids[6]).toEqual([]);
  });
});

it('hf models ls prints all models', async () => {
  const python = await PythonClient.start('hf2', { endpoint: hub.url, token });
  const { code, stdout, stderr } = await python.command(
    'models',
    'ls',
    '--author',
    'of2',
    '--limit',
    '100',
    '--format',
    'json',
  );
  await python.close();
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  for (const id of EXPECTED_IDS.filter((name) => name.startsWith('of2/'))) expect(stdout).toContain(id);
});

it('@huggingface/hub lists models over several pages', async () => {
  const names: string[] = [];
  for await (const { name } of listModels({ hubUrl: hub.url, accessToken: token, sort: 'downloads' })) names.push(name);
  expect([...names].sort()).toEqual(EXPECTED_IDS);
});

it('sends the caller’s token to no source', () => {
  const seen = sources.flatMap(({ requests }) => requests);
  expect(seen.length).toBeGreaterThan(20);
  expect(seen.map(requestText).filter((text) => text.includes(token))).toEqual([]);
});
