import { HubFixture } from './hub-fixture.js';
import { describeWrites } from './write-suite.js';
import { FULL_RUN } from '../support/full-run.js';
import { PYTHON_ENVS, PythonClient } from '../support/python-client.js';

// huggingface_hub uploads over Xet by default, and over LFS if Xet is disabled.
let fixture: HubFixture;
beforeAll(async () => {
  fixture = await HubFixture.start();
});
afterAll(() => fixture?.close());

const PROTOCOLS: Readonly<Record<string, Record<string, string>>> = { xet: {}, lfs: { HF_HUB_DISABLE_XET: '1' } };
const ALL = PYTHON_ENVS.flatMap((env) => Object.entries(PROTOCOLS).map(([way, more]) => ({ env, way, more })));
// Each version and each protocol once: both versions use the same hf_xet and send the same LFS requests.
const TESTED = ALL.filter(({ env, way }) => FULL_RUN || (env === 'hf1') === (way === 'lfs'));

describe.each(TESTED)('$env over $way', ({ env, way, more }) => {
  describeWrites(env, `${env}-${way}`, () => ({
    huggingFace: fixture.huggingFace,
    account: 'client',
    settings: { endpoint: fixture.hub.url, token: fixture.token, more },
  }));
});

it('datasets and transformers push and load', async () => {
  const python = await PythonClient.start('hf1', { endpoint: fixture.hub.url, token: fixture.token });
  const { code, stdout, stderr } = await python.run('push.py', ['client']);
  await python.close();
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    rows: { train: 1000, test: 1 },
    same: true,
    streamed: { text: 'last', number: 7 },
    private: true,
    layers: 3,
    words: { a: 0, '[UNK]': 1 },
    weights: true,
    tags: expect.arrayContaining(['model_hub_mixin']) as unknown,
  });
}, 180_000);

it('only the administrator creates a repository that a source has; it shadows the external one until it is deleted or moved', async () => {
  const post = (path: string, body: object) =>
    fetch(fixture.hub.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${fixture.token}`,
        'x-admin-token': fixture.hub.adminToken,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  expect((await post('/api/organizations/create', { name: 'far-ai' })).status).toBe(201);
  const python = await PythonClient.start('hf2', { endpoint: fixture.hub.url, token: fixture.token });
  const call = (method: string, args: Record<string, unknown>) => ({ on: 'api', call: method, args }) as const;
  const repo_id = 'far-ai/tiny';
  const read = call('list_repo_files', { repo_id });
  const upload = { repo_id, path_or_fileobj: { $bytes: 'x' }, path_in_repo: 'x.txt' };
  const [refused, existing, refusedUpload] = await python.call(
    call('create_repo', { repo_id }),
    call('create_repo', { repo_id, exist_ok: true }),
    call('upload_file', upload),
  );
  const reason = 'The model "far-ai/tiny" exists at HuggingFace. An administrator can create it on this hub.';
  expect([refused?.message, refusedUpload?.message]).toEqual([
    expect.stringContaining(reason),
    expect.stringContaining(reason),
  ]);
  expect(existing?.message).toBeUndefined();
  const create = () => post('/admin/api/repositories', { type: 'model', id: repo_id });
  expect((await create()).status).toBe(201);
  const first = await python.call(read, call('delete_repo', { repo_id }), read);
  expect((await create()).status).toBe(201);
  const second = await python.call(read, call('move_repo', { from_id: repo_id, to_id: 'far-ai/moved' }));
  const outcomes = [...first, ...second];
  const [after] = await python.call(call('file_exists', { repo_id: 'far-ai/moved', filename: '.gitattributes' }));
  await python.close();
  expect(outcomes.map(({ message }) => message)).toEqual(outcomes.map(() => undefined));
  const [local, , external, localAgain] = outcomes.map(({ value }) => value);
  expect([local, localAgain, after?.value]).toEqual([['.gitattributes'], ['.gitattributes'], true]);
  expect(external).toContain('model.safetensors');
});

it('sends no source the caller’s token, and only names of missing repositories', () => {
  expect(fixture.leaks).toEqual([]);
  const named = fixture.externalRequests.map(({ url }) => url).filter((url) => url.includes('/client/'));
  const checks = named.filter((url) => !/-made$|pushed-\w+$/.test(url));
  // The namespace guard asks about a new name once.
  expect(checks).toContain('/api/organizations/client/members');
  expect(checks.filter((url) => !/^\/api\/(organizations|models|datasets|spaces)\/client\/[\w.-]+$/.test(url))).toEqual(
    [],
  );
  expect(checks.filter((url, at) => checks.indexOf(url) !== at)).toEqual([]);
});
