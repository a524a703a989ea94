import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { json } from '../support/fake-replies.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest } from '../support/send-request.js';

const MIB = 1024 * 1024;
const WEIGHTS = randomBytes(9 * MIB);
const FILES = {
  'config.json': '{"a":1}',
  'model.safetensors': { lfs: WEIGHTS },
  'onnx/model.onnx': { lfs: 'onnx' },
  'onnx/config.json': '{"b":2}',
};
const BYTES = WEIGHTS.length + 4 + 7 + 7;

interface Job {
  readonly id: number;
  readonly state: string;
  readonly files_done: number;
  readonly message: string | null;
}

let huggingFace: FakeHuggingFace;
let hub: RunningHub;
let admin: AdminClient;
beforeAll(async () => {
  const repos = ['org/whole', 'org/part', 'org/twice', 'org/paused', 'org/taken', 'org/limited', 'org/moved'].map(
    (id) => ({
      id,
      files: FILES,
    }),
  );
  huggingFace = await FakeHuggingFace.start({ repos, pageSize: 2 });
  const sources = [
    { name: 'HF', url: huggingFace.url, source_type: 'huggingface', delivery: 'cache', exclude: ['plain/*'] },
    { name: 'Plain', url: huggingFace.url, source_type: 'huggingface', namespace: 'plain' },
  ];
  hub = await startHub({
    env: {
      KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(sources),
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
      KOHAKU_HUB_CONTENT_CACHE_SIZE: '50MB',
    },
  });
  admin = adminClient(hub);
});
beforeEach(() => {
  huggingFace.exhausted = false;
  huggingFace.scripts.clear();
});
afterAll(async () => {
  await hub.close();
  await huggingFace.close();
});

const repo = (id: string, files?: string[]) => ({ type: 'model', id, ...(files && { files }) });
const get = async (id: number): Promise<Job> => (await admin('GET', `/prefetch/${id}`)).body as Job;
/** Waits in the database, since requests to the admin API are limited. */
const until = (id: number, condition: string): Promise<void> =>
  eventually(async () => {
    const statement = `SELECT FROM prefetch_jobs WHERE id = $1 AND ${condition}`;
    return (await hub.app.get(DataSource).query<unknown[]>(statement, [id])).length > 0;
  });
const inState = (id: number, state: string): Promise<void> => until(id, `state = '${state}'`);

async function start(body: object): Promise<number> {
  const { status, body: job } = await admin('POST', '/prefetch', body);
  expect(status).toBe(202);
  return (job as Job).id;
}

/** Downloads all files at a commit, with the states of the cache. */
async function download(id: string, names: readonly string[] = Object.keys(FILES)): Promise<unknown[]> {
  const { id: commit } = huggingFace.repos.find((found) => found.id === id)!.main;
  const replies = await Promise.all(names.map((name) => sendRequest(hub.url, `/${id}/resolve/${commit}/${name}`)));
  return replies.map(({ status, headers }) => [status, headers['x-cache']]);
}

describe('a prefetch job', () => {
  it('is forecast, caches all files, and then serves them while the source is off', async () => {
    const forecast = await admin('POST', '/prefetch/forecast', { repos: [repo('org/whole')] });
    const { id: commit } = huggingFace.repos[0]!.main;
    expect(forecast).toMatchObject({
      status: 200,
      body: { file_count: 4, bytes: BYTES, held_file_count: 0, cache_limit: 50_000_000, fits: true },
    });
    expect(forecast.body).toMatchObject({
      repos: [{ commit, source: 'HF', file_count: 4, bytes: BYTES, problem: null }],
    });
    const id = await start({ repos: [repo('org/whole')] });
    await inState(id, 'succeeded');
    expect(await get(id)).toMatchObject({
      files_total: 4,
      files_done: 4,
      files_failed: 0,
      bytes_total: BYTES,
      bytes_done: BYTES,
      current: [],
      started_by: '127.0.0.1',
      errors: [],
      schedule: null,
      next_run_at: null,
    });
    huggingFace.scripts.set('org/whole', json(503, { error: 'maintenance' }));
    expect(await download('org/whole')).toEqual(Array(4).fill([200, 'hit']));
    huggingFace.scripts.clear();
    expect((await admin('POST', '/prefetch/forecast', { repos: [repo('org/whole')] })).body).toMatchObject({
      held_file_count: 4,
      held_bytes: BYTES,
      cache_used: BYTES,
    });
    expect((await admin('GET', '/prefetch')).body).toMatchObject({ jobs: [{ id, state: 'succeeded' }] });
  });

  it('caches the commit that the source has when it runs, also if another one is fresh', async () => {
    const repos = [repo('org/moved')];
    expect((await admin('POST', '/prefetch/forecast', { repos })).body).toMatchObject({ file_count: 4 });
    huggingFace.repo('org/moved').commit({ 'new.txt': 'new' });
    const id = await start({ repos });
    await inState(id, 'succeeded');
    expect(await get(id)).toMatchObject({ files_total: 1, files_done: 1 });
    expect(await download('org/moved', ['new.txt'])).toEqual([[200, 'hit']]);
  });

  it('does not need the source for a commit whose files are all cached', async () => {
    const { id: revision } = huggingFace.repo('org/whole').main;
    huggingFace.scripts.set('org/whole', json(503, { error: 'maintenance' }));
    const id = await start({ repos: [{ ...repo('org/whole'), revision }] });
    await inState(id, 'succeeded');
    expect(await get(id)).toMatchObject({ files_total: 4, files_done: 4, bytes_done: BYTES });
  });

  it('caches only the files that match a pattern', async () => {
    const id = await start({ repos: [repo('org/part', ['*.json', 'onnx/**'])] });
    await inState(id, 'succeeded');
    expect(await get(id)).toMatchObject({ files_total: 3, bytes_total: 18 });
  });

  it('reports what cannot be cached, caches the rest, and can be repeated', async () => {
    huggingFace.scripts.set('org/twice', (response, request) => {
      const reply = request.url.includes('onnx/model.onnx') ? json(403, { error: 'no' }) : undefined;
      return reply ? reply(response, request) : huggingFace.unscripted(request)(response, request);
    });
    const id = await start({ repos: [repo('org/twice'), repo('org/missing'), repo('plain/model')] });
    await inState(id, 'failed');
    const job = (await get(id)) as unknown as { errors: { id: string; path: string | null; error: string }[] };
    expect(job).toMatchObject({ files_done: 3, files_failed: 3, message: '3 items could not be cached.' });
    expect(job.errors.map(({ id: name, path }) => [name, path])).toEqual([
      ['org/twice', 'onnx/model.onnx'],
      ['org/missing', null],
      ['plain/model', null],
    ]);
    huggingFace.scripts.clear();
    expect((await admin('POST', `/prefetch/${id}/resume`)).status).toBe(200);
    await inState(id, 'failed');
    expect(await get(id)).toMatchObject({ files_done: 4, files_failed: 2 });
  });

  it('can be paused, resumed and canceled', async () => {
    const id = await start({ repos: [repo('org/paused')], max_bytes_per_second: 65_536 });
    await inState(id, 'running');
    expect((await admin('POST', `/prefetch/${id}/pause`)).body).toMatchObject({ state: 'paused' });
    expect((await admin('POST', `/prefetch/${id}/resume`)).body).toMatchObject({ next_run_at: expect.any(String) });
    await inState(id, 'running');
    expect(await admin('DELETE', `/prefetch/${id}`)).toMatchObject({
      body: { message: `Prefetch job ${id} canceled` },
    });
    expect((await get(id)).state).toBe('canceled');
    for (const action of ['pause', 'resume'])
      expect((await admin('POST', `/prefetch/${id}/${action}`)).status).toBe(409);
    expect(await admin('DELETE', `/prefetch/${id}`)).toMatchObject({ body: { message: `Prefetch job ${id} removed` } });
    expect((await admin('GET', `/prefetch/${id}`)).status).toBe(404);
  });

  it('continues after its process was killed, without the files that are cached', async () => {
    const id = await start({ repos: [repo('org/taken')], schedule: '0 3 1 1 *' });
    const database = hub.app.get(DataSource);
    await database.query('UPDATE prefetch_jobs SET next_run_at = now() WHERE id = $1', [id]);
    await until(id, `state = 'waiting' AND files_done = 4`);
    expect(await get(id)).toMatchObject({ next_run_at: expect.stringMatching(/-01-01T03:00:00.000Z$/) });
    await database.query(
      `UPDATE prefetch_jobs SET state = 'running', is_planned = true, schedule = NULL, owner = gen_random_uuid(), lease_until = now(),
         files_done = 3, bytes_done = bytes_total - 4 WHERE id = $1`,
      [id],
    );
    await database.query(`UPDATE prefetch_files SET state = 'pending' WHERE job_id = $1 AND path = 'onnx/model.onnx'`, [
      id,
    ]);
    huggingFace.forget();
    await inState(id, 'succeeded');
    expect(await get(id)).toMatchObject({ files_done: 4, bytes_done: BYTES });
    expect(huggingFace.requests.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  it('waits while little of the request budget is left, and clients do not', async () => {
    const budget = {
      ratelimit: '"api";r=100;t=60, "resolvers";r=100;t=60',
      'ratelimit-policy': '"fixed window";"api";q=1000;w=300',
    };
    huggingFace.scripts.set('org/limited', (response, request) => {
      for (const [name, value] of Object.entries(budget)) response.setHeader(name, value);
      return huggingFace.unscripted(request)(response, request);
    });
    expect((await sendRequest(hub.url, '/api/models/org/limited/revision/main')).status).toBe(200);
    huggingFace.forget();
    const id = await start({ repos: [repo('org/limited')] });
    await until(id, 'message IS NOT NULL');
    expect(await get(id)).toMatchObject({ state: 'waiting', files_done: 0 });
    expect(huggingFace.requests).toEqual([]);
    expect((await sendRequest(hub.url, '/api/models/org/limited')).status).toBe(200);
    await admin('DELETE', `/prefetch/${id}`);
    await admin('DELETE', '/fallback-sources/cache/clear');
  });
});

it.each([
  ['no repositories', { repos: [] }],
  ['an id that is not one', { repos: [{ type: 'model', id: '../x' }] }],
  ['a pattern that is not one', { repos: [repo('org/whole', ['a//b'])] }],
  ['a schedule that is not one', { repos: [repo('org/whole')], schedule: 'every day' }],
  ['a schedule with seconds', { repos: [repo('org/whole')], schedule: '* * * * * *' }],
  ['a limit that is too low', { repos: [repo('org/whole')], max_bytes_per_second: 1 }],
])('a request with %s is refused', async (_, body) => {
  expect((await admin('POST', '/prefetch', body)).status).toBe(400);
});

it('a schedule that is valid but matches no day is refused for this reason', async () => {
  const body = { repos: [repo('org/whole')], schedule: '0 3 31 2 *' };
  const response = await admin('POST', '/prefetch', body);
  expect((response.body as { error: string }).error).toMatch(/^The schedule "0 3 31 2 \*" never happens/);
});
