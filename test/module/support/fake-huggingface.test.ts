import { FakeHuggingFace } from '../../support/fake-huggingface.js';
import { gitId } from '../../support/fake-repo.js';

// Responses of the fake huggingface.co, see contract/huggingface-protocol.md, sections D and G.2.
const TOKEN = 'hf_mirror_0123456789';
let hub: FakeHuggingFace;
beforeAll(async () => {
  hub = await FakeHuggingFace.start({
    accounts: [{ name: 'mirror', token: TOKEN, reads: ['a/private'] }],
    pageSize: 2,
    repos: [
      { id: 'a/b', aliases: ['b'], files: { 'x y.json': '{}', 'd/w.bin': { lfs: 'large' }, 'd/e/f.txt': 'f' } },
      { id: 'a/private', private: true, files: { 'x.json': '{}' } },
      { id: 'a/gated', gated: 'auto', files: { 'x.json': '{}' } },
      { id: 'a/off', disabled: true, files: { 'x.json': '{}' } },
    ],
  });
});
afterAll(() => hub.close());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(new URL(path, hub.url), { headers, method, redirect: 'manual' });
const signedIn = { authorization: `Bearer ${TOKEN}` };

it('redirects a small file to its cache, which compresses text on request', async () => {
  const first = await ask('/a/b/resolve/main/x%20y.json');
  const sha1 = gitId('blob', Buffer.from('{}'));
  expect(first.status).toBe(307);
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'x-linked-etag': `"${sha1}"`,
    'x-linked-size': '2',
    'x-repo-commit': hub.repo('a/b').main.id,
    ratelimit: '"resolvers";r=2999;t=55',
  });
  const location = first.headers.get('location') ?? '';
  expect(location).toMatch(/^\/api\/resolve-cache\/models\/a\/b\/[0-9a-f]{40}\/x%20y\.json\?%2Fa%2Fb%2F.*=&etag=%22/);
  const zipped = await ask(location, { 'accept-encoding': 'gzip' });
  expect([zipped.headers.get('content-encoding'), zipped.headers.get('content-length')]).toEqual(['gzip', null]);
  const plain = await ask(location, { 'accept-encoding': 'identity' }, 'HEAD');
  expect([plain.headers.get('etag'), plain.headers.get('content-length')]).toEqual([`"${sha1}"`, '2']);
});

it('redirects a large file to another host with a signature that expires', async () => {
  const first = await ask('/a/b/resolve/main/d/w.bin', {}, 'HEAD');
  expect(first.headers.get('link')).toContain('rel="xet-auth"');
  const location = first.headers.get('location') ?? '';
  expect([first.status, new URL(location).hostname]).toEqual([302, '127.0.0.2']);
  const part = await ask(location, { range: 'bytes=1-2' });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 1-2/5', 'ar']);
  expect(part.headers.get('etag')).toBe(`"${first.headers.get('x-xet-hash')}"`);
  expect((await ask(location, { range: 'bytes=9-' })).status).toBe(416);
  hub.cdn.expireSignatures();
  const late = await ask(location);
  expect([late.status, late.headers.get('content-type')]).toEqual([403, 'application/xml']);
});

it.each([
  ['/api/models/a/none', 401, null, 'Invalid username or password.'],
  ['/api/models/a/private', 401, null, 'Invalid username or password.'],
  ['/a/gated/resolve/main/x.json', 401, 'GatedRepo', expect.stringContaining('Please log in.')],
  ['/a/off/resolve/main/x.json', 403, null, 'Access to this resource is disabled.'],
  ['/a/b/resolve/main/none', 404, 'EntryNotFound', 'Entry not found'],
  ['/a/b/resolve/refs%2Fpr%2F9/x', 404, 'RevisionNotFound', 'Invalid rev id: refs'],
  ['/api/models/a/b/tree/main/d/w.bin', 404, 'EntryNotFound', 'Entry not found'],
  ['/api/models/a/b?expand=nonsense', 400, null, null],
])('returns for anonymous requests to %s: %i %s', async (path, status, code, message) => {
  const response = await ask(path);
  const { headers } = response;
  expect([response.status, headers.get('x-error-code'), headers.get('x-error-message')]).toEqual([
    status,
    code,
    message,
  ]);
  expect(headers.get('ratelimit')).not.toBeNull();
});

it.each([
  ['/api/models/a/none', 404, 'RepoNotFound'],
  ['/api/models/a/private', 200, null],
  ['/a/gated/resolve/main/x.json', 403, 'GatedRepo'],
  ['/api/models/a/gated/tree/main', 200, null],
  ['/api/whoami-v2', 200, null],
])('returns with a token for %s: %i %s', async (path, status, code) => {
  const response = await ask(path, signedIn);
  expect([response.status, response.headers.get('x-error-code')]).toEqual([status, code]);
});

it('rejects an unknown token, also for public repositories', async () => {
  const response = await ask('/api/models/a/b', { authorization: 'Bearer hf_wrong' });
  expect([response.status, response.headers.get('x-error-message')]).toEqual([
    401,
    'Invalid credentials in Authorization header',
  ]);
});

it.each([
  ['/api/models/b/commits/main?limit=1', '/api/models/a/b/commits/main?limit=1'],
  ['/api/models/A/B', '/api/models/a/b'],
  ['/b/resolve/main/x%20y.json?download=true', '/a/b/resolve/main/x%20y.json?download=true'],
])('redirects %s to %s', async (path, location) => {
  const response = await ask(path);
  expect([response.status, response.headers.get('location')]).toEqual([307, location]);
});

it('returns a tree in pages with absolute links to itself', async () => {
  const page = await ask('/api/models/a/b/tree/main?recursive=true');
  const entries = (await page.json()) as { path: string; xetHash?: string }[];
  expect(entries.map(({ path }) => path)).toEqual(['d', 'd/e']);
  const next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  expect(next.startsWith(`${hub.url}/api/models/a/b/tree/main?recursive=true&cursor=`)).toBe(true);
  expect(await (await ask(next)).json()).toMatchObject([
    { path: 'd/e/f.txt' },
    { path: 'd/w.bin', xetHash: expect.any(String) },
  ]);
});

it('keeps earlier commits when a commit is added', async () => {
  const repo = hub.repo('a/off');
  const before = repo.main.id;
  repo.commit({ 'x.json': '{"new":1}' });
  const ids = (await (await ask('/api/models/a/off/commits/main')).json()) as { id: string }[];
  expect(ids.map(({ id }) => id)).toEqual([repo.main.id, before]);
});

it('can have an exhausted rate limit', async () => {
  hub.exhausted = true;
  const response = await ask('/api/models/a/b');
  hub.exhausted = false;
  expect([response.status, response.headers.get('ratelimit')]).toEqual([429, '"api";r=0;t=55']);
});
