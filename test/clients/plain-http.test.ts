import { TINY_FILES, contentOf } from './client-repos.js';
import { HubFixture } from './hub-fixture.js';

// What any client sees on the wire: nothing in an answer may lead it past the hub to the source's own store of chunks.
let fixture: HubFixture;
beforeAll(async () => {
  fixture = await HubFixture.start({}, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
});
afterAll(() => fixture?.close());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(fixture.hub.url + path, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${fixture.token}`, ...(init.headers as Record<string, string>) },
  });

const QUESTIONS: readonly [path: string, init: RequestInit][] = [
  ['/far-ai/tiny/resolve/main/model.safetensors', { method: 'HEAD' }],
  ['/far-ai/tiny/resolve/main/model.safetensors', {}],
  ['/far-ai/tiny/resolve/main/model.safetensors', { headers: { accept: 'application/vnd.xet-fileinfo+json, */*' } }],
  ['/far-ai/tiny/resolve/main/config.json', { method: 'HEAD' }],
  ['/far-ai/tiny/resolve/main/config.json', {}],
  ['/api/models/far-ai/tiny', {}],
  ['/api/models/far-ai/tiny?expand=xetEnabled', {}],
  ['/api/models/far-ai/tiny?blobs=true', {}],
  ['/api/models/far-ai/tiny/revision/refs%2Fpr%2F1', {}],
  ['/api/models/far-ai/tiny/tree/main?recursive=true&expand=true', {}],
  ['/api/models/far-ai/tiny/tree/refs/pr/1', {}],
  ['/api/models/far-ai/tiny/refs', {}],
  ['/api/models/far-ai/tiny/commits/main', {}],
  [
    '/api/models/far-ai/tiny/paths-info/main',
    { method: 'POST', body: new URLSearchParams({ paths: 'model.safetensors' }) },
  ],
];

it.each(QUESTIONS)('%s %j carries no hint of xet, no cookie and no house header of the source', async (path, init) => {
  const answer = await ask(path, init);
  expect(answer.status).toBeLessThan(400);
  const names = [...answer.headers.keys()];
  expect(names.filter((name) => /xet|cookie|ratelimit|powered-by|www-authenticate/.test(name))).toEqual([]);
  expect(answer.headers.get('link') ?? '').not.toContain('xet');
  expect(await answer.text()).not.toMatch(/xetHash|"xetEnabled":true|xet-read-token/);
});

it('pages stay on the hub until the last', async () => {
  const paths: string[] = [];
  let next: string | undefined = `${fixture.hub.url}/api/models/far-ai/tiny/tree/main?recursive=true&limit=4`;
  while (next) {
    expect(next.startsWith(`${fixture.hub.url}/api/models/far-ai/tiny/tree/main?`)).toBe(true);
    const page: Response = await ask(next.slice(fixture.hub.url.length));
    paths.push(...((await page.json()) as { path: string }[]).map(({ path }) => path));
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  expect(paths).toEqual(fixture.far.repo('far-ai/tiny').main.entries.map(({ path }) => path));
});

it.each(['model.safetensors', 'config.json'])('GET of %s is a redirect that nobody may remember', async (path) => {
  const { id } = fixture.far.repo('far-ai/tiny').main;
  const url = `/far-ai/tiny/resolve/${id}/${path}`;
  const answer = await ask(url);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([302, 'no-store']);
  expect(answer.headers.get('x-repo-commit')).toBe(id);
  const followed = await ask(url, { redirect: 'follow' });
  expect(Buffer.from(await followed.arrayBuffer()).equals(contentOf(TINY_FILES, path))).toBe(true);
});

it('a reader who could be sent to the source’s chunks is not sent to the source', async () => {
  // The JavaScript client would ask there for a read token, with the token it has for us.
  const headers = { accept: 'application/vnd.xet-fileinfo+json, */*' };
  const forgotten = await fetch(`${fixture.hub.url}/admin/api/fallback-sources/cache/clear`, {
    method: 'DELETE',
    headers: { 'x-admin-token': fixture.hub.adminToken },
  });
  expect(forgotten.status).toBe(200);
  for (const state of ['unbound', 'bound']) {
    const followed = await ask('/far-ai/tiny/resolve/main/model.safetensors', { headers, redirect: 'follow' });
    expect([state, followed.headers.get('x-xet-hash')]).toEqual([state, null]);
    expect([state, followed.status, followed.headers.get('content-length')]).toEqual([state, 200, '300000']);
  }
});

it('has shown the caller’s token to nobody', () => {
  expect(fixture.seenOutside.length).toBeGreaterThan(QUESTIONS.length);
  expect(fixture.leaks).toEqual([]);
});
