import { createHash, randomBytes } from 'node:crypto';
import { CountingSource } from '../support/counting-source.js';
import { json } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { eventually } from '../support/eventually.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import type { HttpResponse, RequestOptions } from '../support/send-request.js';

const SMALL = randomBytes(1000);
const LARGE = randomBytes(200_000);
const RULES = [
  { repos: 'org/*', files: '*.pickle', delivery: 'deny' },
  { files: '*.big', min_size: 100_000, delivery: 'deny' },
  { files: '*.async', delivery: 'cache-async' },
  { files: '*.cached', delivery: 'cache' },
  { files: '*.proxied', delivery: 'proxy' },
] as const;

const source = new CountingSource();
let world: HubWithSources;
beforeAll(async () => {
  const reply: Responder = (response, request) => {
    if (!request.url.includes('/tree/')) return source.reply(response, request);
    const entries = [...source.files].map(([path, content]) => ({
      type: 'file',
      path,
      size: content.length,
      oid: gitId(content),
    }));
    return json(200, [...entries, { type: 'directory', path: 'onnx', oid: 'a'.repeat(40), size: 0 }])(
      response,
      request,
    );
  };
  world = await startHubWithSources([reply], { facts: [{ rules: RULES }] });
});
afterAll(() => world.close());

const gitId = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

/** Adds a file to the source and clears the recorded requests. */
function add(name: string, content: Buffer): string {
  source.files.set(name, content);
  source.gets.length = 0;
  return name;
}
const send = (file: string, options: RequestOptions = {}): Promise<HttpResponse> =>
  world.sendRequest(`/org/model/resolve/main/${file}`, options);
const sourceUrl = (file: string): string => `${world.sources[0]!.url}/org/model/resolve/main/${file}`;

describe('rules for downloads', () => {
  it.each([
    ['a.txt', 302, 'redirect'],
    ['a.proxied', 200, 'miss'],
    ['a.cached', 200, 'fill'],
  ])('deliver %s with status %s and X-Cache %s', async (name, status, state) => {
    const response = await send(add(name, SMALL));
    expect([response.status, response.headers['x-cache']]).toEqual([status, state]);
    expect(response.headers['location']).toBe(status === 302 ? sourceUrl(name) : undefined);
    if (status === 200) expect(response.body.equals(SMALL)).toBe(true);
  });

  it.each<[string, RequestOptions]>([
    ['GET', {}],
    ['HEAD', { method: 'HEAD' }],
    ['a range', { headers: { range: 'bytes=0-9' } }],
    ['an unchanged file', { headers: { 'if-none-match': '"x"' } }],
  ])('deny downloads: %s', async (_, options) => {
    add('a.pickle', SMALL);
    const response = await send('a.pickle', options);
    expect([response.status, source.gets]).toEqual([403, []]);
    expect(response.headers['x-error-message']).toBe(
      'Rule 1 of the source "A" (*.pickle of org/*) does not allow downloads of this file. Ask an administrator of this hub to change it.',
    );
  });

  it('deny raw files, and git clone, and git-lfs', async () => {
    add('a.pickle', SMALL);
    const raw = await world.sendRequest('/org/model/raw/main/a.pickle');
    const clone = await world.sendRequest('/org/model/info/refs?service=git-upload-pack');
    const body = JSON.stringify({ operation: 'download', objects: [{ oid: 'c'.repeat(64), size: 3 }] });
    const headers = { 'content-type': 'application/vnd.git-lfs+json', 'user-agent': 'git-lfs/3.3.0 (linux; go)' };
    const lfs = await world.sendRequest('/org/model.git/info/lfs/objects/batch', { method: 'POST', body, headers });
    expect([raw.status, clone.status, lfs.status]).toEqual([403, 403, 403]);
    expect(clone.body.toString()).toContain(
      'Rule 1 of the source "A" (*.pickle of org/*) does not allow downloads of files of this repository.',
    );
  });

  it('ask the source for the size only if it decides', async () => {
    add('small.big', SMALL);
    expect((await send('small.big')).status).toBe(302);
    add('large.big', LARGE);
    expect((await send('large.big')).status).toBe(403);
    expect(source.gets).toEqual([]);
  });

  it('redirect and cache in the background', async () => {
    const name = add('a.async', LARGE);
    expect((await send(name, { method: 'HEAD' })).status).toBe(200); // clients then return to this hub
    const first = await Promise.all([send(name), send(name), send(name)]);
    expect(first.map(({ status, headers }) => [status, headers['location'], headers['x-cache']])).toEqual(
      first.map(() => [302, sourceUrl(name), 'redirect']),
    );
    await eventually(async () => (await send(name)).headers['x-cache'] === 'hit');
    expect((await send(name)).body.equals(LARGE)).toBe(true);
    expect(source.gets).toEqual(['all']);
  });

  it('cache while they are read if the client cannot be redirected', async () => {
    const content = randomBytes(200_000);
    const response = await send(add('b.async', content), { headers: { 'x-admin-token': world.hub.adminToken } });
    expect([response.status, response.headers['x-cache'], response.body.equals(content)]).toEqual([200, 'fill', true]);
  });

  it('leave lists of files visible', async () => {
    add('a.pickle', SMALL);
    const tree = (await world.sendRequest('/api/models/org/model/tree/main')).json() as { path: string }[];
    expect(tree.map(({ path }) => path)).toContain('a.pickle');
  });

  interface DryRun {
    readonly deliveries: unknown;
    readonly final: { readonly status: number };
  }
  const simulate = async (op: string, path?: string): Promise<DryRun> => {
    const body = { op, repo_type: 'model', namespace: 'org', name: 'model', file_path: path };
    const headers = { 'x-admin-token': world.hub.adminToken };
    const options = { method: 'POST', headers, json: body } as const;
    const response = await world.sendRequest('/admin/api/fallback/test/simulate', options);
    return response.json() as DryRun;
  };
  const dryRun = async (op: string, path?: string): Promise<unknown> => (await simulate(op, path)).deliveries;

  it.each(['a.txt', 'a.pickle', 'a.cached', 'a.proxied', 'b.async', 'c.async'])(
    'a dry run reports the response to a download of %s',
    async (name) => {
      add(name, LARGE);
      const before = (await simulate('resolve', name)).final;
      const download = await send(name);
      expect(before.status).toBe(download.status);
      if (download.status === 403)
        expect(before).toMatchObject({ code: 'Forbidden', message: download.headers['x-error-message'] });
      if (!name.endsWith('.async')) return;
      await eventually(async () => (await send(name)).headers['x-cache'] === 'hit');
      expect((await simulate('resolve', name)).final.status).toBe(200);
    },
  );

  it('are explained by a dry run of a file', async () => {
    expect(await dryRun('resolve', add('a.pickle', randomBytes(100)))).toEqual([
      { delivery: 'deny', rule: 1, description: '*.pickle of org/*', xet: 'hide', files: 1, held: 0 },
    ]);
    expect(await dryRun('resolve', add('a.async', LARGE))).toEqual([
      { delivery: 'cache-async', rule: 3, description: '*.async', xet: 'hide', files: 1, held: 1 },
    ]);
  });

  it('are explained by a dry run of a list of files', async () => {
    source.files.clear();
    for (const name of ['a.txt', 'a.pickle', 'b.txt', 'c.txt', 'small.big']) add(name, randomBytes(100));
    expect(await dryRun('tree')).toEqual([
      { delivery: 'redirect', rule: null, description: null, xet: 'hide', files: 4, held: 0 },
      { delivery: 'deny', rule: 1, description: '*.pickle of org/*', xet: 'hide', files: 1, held: 0 },
    ]);
  });
});
