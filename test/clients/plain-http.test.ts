import { TINY_FILES, contentOf } from './client-repos.js';
import { HubFixture } from './hub-fixture.js';

// Responses must not lead clients past the hub to the source's Xet storage.
let fixture: HubFixture;
beforeAll(async () => {
  fixture = await HubFixture.start({}, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
});
afterAll(() => fixture?.close());

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(fixture.hub.url + path, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${fixture.token}`, ...(init.headers as Record<string, string>) },
  });

const REQUESTS: readonly [path: string, init: RequestInit][] = [
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

// `xetEnabled` is of the whole repository, of which files above 50 GB are offered.
it.each(REQUESTS)('%s %j has no Xet hashes, cookie or internal headers of the source', async (path, init) => {
  const answer = await get(path, init);
  expect(answer.status).toBeLessThan(400);
  const names = [...answer.headers.keys()];
  expect(names.filter((name) => /xet|cookie|ratelimit|powered-by|www-authenticate/.test(name))).toEqual([]);
  expect(answer.headers.get('link') ?? '').not.toContain('xet');
  expect(await answer.text()).not.toMatch(/xetHash|xet-read-token/);
});

it('all next-page links point to the hub', async () => {
  const paths: string[] = [];
  let next: string | undefined = `${fixture.hub.url}/api/models/far-ai/tiny/tree/main?recursive=true&limit=4`;
  while (next) {
    expect(next.startsWith(`${fixture.hub.url}/api/models/far-ai/tiny/tree/main?`)).toBe(true);
    const page: Response = await get(next.slice(fixture.hub.url.length));
    paths.push(...((await page.json()) as { path: string }[]).map(({ path }) => path));
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  expect(paths).toEqual(fixture.huggingFace.repo('far-ai/tiny').main.entries.map(({ path }) => path));
});

it.each([
  { path: 'model.safetensors', credentials: 'an access token', headers: undefined, status: 302 },
  { path: 'model.safetensors', credentials: 'no credentials', headers: {}, status: 302 },
  // Its location would be at the source itself, where some clients repeat the token (docs/adr/0016).
  { path: 'config.json', credentials: 'an access token', headers: undefined, status: 200 },
  { path: 'config.json', credentials: 'no credentials', headers: {}, status: 302 },
])('GET $path with $credentials returns $status and limits caches', async ({ path, headers, status }) => {
  const { id } = fixture.huggingFace.repo('far-ai/tiny').main;
  const url = `/far-ai/tiny/resolve/${id}/${path}`;
  const request = (redirect: RequestRedirect): Promise<Response> =>
    headers ? fetch(fixture.hub.url + url, { redirect, headers }) : get(url, { redirect });
  const answer = await request('manual');
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([
    status,
    status === 302 ? 'no-store' : 'private, no-cache',
  ]);
  expect(answer.headers.get('x-repo-commit')).toBe(id);
  const followed = await request('follow');
  expect(Buffer.from(await followed.arrayBuffer()).equals(contentOf(TINY_FILES, path))).toBe(true);
});

it('clients that support Xet are not redirected to the source', async () => {
  // The JavaScript client would request a read token from the source with the caller's token.
  const headers = { accept: 'application/vnd.xet-fileinfo+json, */*' };
  const cleared = await fetch(`${fixture.hub.url}/admin/api/fallback-sources/cache/clear`, {
    method: 'DELETE',
    headers: { 'x-admin-token': fixture.hub.adminToken },
  });
  expect(cleared.status).toBe(200);
  for (const state of ['unbound', 'bound']) {
    const followed = await get('/far-ai/tiny/resolve/main/model.safetensors', { headers, redirect: 'follow' });
    expect([state, followed.headers.get('x-xet-hash')]).toEqual([state, null]);
    expect([state, followed.status, followed.headers.get('content-length')]).toEqual([state, 200, '300000']);
  }
});

it('sends the caller’s token to no source', () => {
  expect(fixture.externalRequests.length).toBeGreaterThan(REQUESTS.length);
  expect(fixture.leaks).toEqual([]);
});
