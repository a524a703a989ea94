import sharp from 'sharp';
import { adminClient } from '../support/admin-client.js';
import { bytes, hang, html, json, redirect, truncated } from '../support/fake-replies.js';
import { FakeUpstream, requestText, type Responder } from '../support/fake-upstream.js';
import { useHubWithSources, startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestUser, type TestUser } from '../support/test-users.js';
import { createAnimatedGif, createLargePng, createRotatedJpeg, createImage } from '../support/test-images.js';

const openHub = useHubWithSources();

const GRADIENT = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120"><defs><linearGradient id="a">
  <stop offset="0%" stop-color="#f00"/><stop offset="100%" stop-color="#00f"/></linearGradient></defs>
  <rect fill="url(#a)" width="120" height="120"/></svg>`;

let fixture: HubWithSources;
let cdn: FakeUpstream;
let alice: TestUser;
let png: Buffer;

/** The source's API. All users have an avatar at `avatarUrl`, which `avatarReply` serves. */
let avatarUrl: unknown;
let avatarReply: Responder;
const huggingFace: Responder = (response, request) => {
  if (!request.url.startsWith('/hub/api/')) return avatarReply(response, request);
  if (!request.url.startsWith('/hub/api/users/')) return json(404, {})(response, request);
  return json(200, { user: 'someone', fullname: 'S', avatarUrl: avatarUrl })(response, request);
};

beforeAll(async () => {
  png = await createImage(600, 300);
  cdn = await FakeUpstream.start(bytes(200, png));
  fixture = await startHubWithSources([huggingFace], {
    facts: [{ token: 'hf_TheTokenOfSourceA' }],
    env: {
      KOHAKU_HUB_FALLBACK_SOURCES: '[]',
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
      KOHAKU_HUB_FALLBACK_TIMEOUT: '0.6',
    },
  });
  alice = await createTestUser(fixture.hub, 'alice');
});
afterAll(async () => {
  await fixture.close();
  await cdn.close();
});
/** A new source without cached avatars. Its base URL has a path. */
beforeEach(async () => {
  const url = `${fixture.sources[0]!.url}/hub`;
  const sources = [{ name: 'A', url, source_type: 'huggingface', token: 'hf_TheTokenOfSourceA' }];
  await adminClient(fixture.hub)('PUT', '/fallback/sources-bulk-replace', { sources });
  [avatarUrl, avatarReply] = ['/avatars/one%20two.png?v=1', bytes(200, png)];
  cdn.reply = bytes(200, png);
  [...fixture.sources, cdn].forEach((upstream) => upstream.forget());
});

const getAvatar = (headers = {}) => fixture.sendRequest('/api/users/someone/avatar', { headers });
const cdnUrl = (path = '/x.png'): string => `${cdn.url}${path}`;
const avatarStatus = async (): Promise<number> => (await getAvatar()).status;

describe('the avatar of an external user', () => {
  it('is re-encoded and served without headers of the source', async () => {
    avatarReply = bytes(200, png, {
      'content-type': 'text/html',
      'set-cookie': 'a=b',
      'cache-control': 'public, max-age=99999999',
      etag: '"x"',
    });
    const { status, headers, body } = await getAvatar({ authorization: `Bearer ${alice.token}` });
    expect([status, headers]).toMatchObject([
      200,
      {
        'content-type': 'image/webp',
        'content-length': `${body.length}`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'public, max-age=300',
        etag: expect.stringMatching(/^"\w{64}"$/),
      },
    ]);
    expect(headers['set-cookie']).toBeUndefined();
    expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: 512, height: 256 });
    expect(fixture.sources[0]!.requests.map(({ url }) => url)).toEqual([
      '/hub/api/users/someone/overview',
      '/hub/avatars/one%20two.png?v=1',
    ]);
    expect(fixture.sources[0]!.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer hf_TheTokenOfSourceA',
      'Bearer hf_TheTokenOfSourceA',
    ]);
    expect(fixture.sources[0]!.requests.map(requestText).join('')).not.toContain(alice.token);
    const revalidated = await getAvatar({ 'if-none-match': headers['etag'] });
    expect([revalidated.status, revalidated.body.length]).toEqual([304, 0]);
    expect(fixture.sources[0]!.requests).toHaveLength(2);
    const asHead = await fixture.sendRequest('/api/users/someone/avatar', { method: 'HEAD' });
    expect([asHead.status, asHead.headers['etag'], asHead.body.length]).toEqual([200, headers['etag'], 0]);
  });

  it('on another host is fetched without a token, over at most three redirects', async () => {
    avatarUrl = cdnUrl('/0');
    const redirectTimes =
      (count: number): Responder =>
      (response, request) => {
        const n = Number(request.url.slice(1));
        return (n < count ? redirect(302, `/${n + 1}`) : bytes(200, png))(response, request);
      };
    cdn.reply = redirectTimes(3);
    expect(await avatarStatus()).toBe(200);
    expect(cdn.requests.map(({ url }) => url)).toEqual(['/0', '/1', '/2', '/3']);
    expect(cdn.requests.map(requestText).join('')).not.toMatch(/TheTokenOfSourceA|authorization/i);
    await adminClient(fixture.hub)('DELETE', '/fallback-sources/cache/clear');
    cdn.reply = redirectTimes(4);
    expect(await avatarStatus()).toBe(404);
  });

  it('to which the source redirects is fetched without the source’s token', async () => {
    avatarReply = redirect(302, cdnUrl());
    expect(await avatarStatus()).toBe(200);
    expect(cdn.requests.map(requestText).join('')).not.toMatch(/TheTokenOfSourceA|authorization/i);
  });

  it('is fetched once for 100 concurrent requests', async () => {
    const statuses = await Promise.all(Array.from({ length: 100 }, avatarStatus));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(fixture.sources[0]!.requests).toHaveLength(2);
  });

  it('is rendered from a plain SVG', async () => {
    avatarReply = bytes(200, GRADIENT, { 'content-type': 'image/svg+xml' });
    const { status, headers, body } = await getAvatar();
    expect([status, headers['content-type']]).toEqual([200, 'image/webp']);
    expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: 120, height: 120 });
  });

  it('is the first frame of a raster image, without metadata', async () => {
    for (const content of [await createAnimatedGif(), await createRotatedJpeg(), await createImage(10, 10, 'webp')]) {
      await adminClient(fixture.hub)('DELETE', '/fallback-sources/cache/clear');
      avatarReply = bytes(200, content);
      const { status, body } = await getAvatar();
      const { pages = 1, exif } = await sharp(body).metadata();
      expect([status, pages, exif]).toEqual([200, 1, undefined]);
    }
  });
});

describe('an invalid avatar', () => {
  it.each<[string, () => Responder]>([
    ['a web page', () => html()],
    ['a web page declared as PNG', () => bytes(200, '<script>alert(1)</script>', { 'content-type': 'image/png' })],
    ['an SVG with a script', () => bytes(200, GRADIENT.replace('<rect', '<script>alert(1)</script><rect'))],
    [
      'an SVG that names files',
      () => bytes(200, GRADIENT.replace('<rect', '<image href="file:///etc/hostname"/><rect')),
    ],
    ['a truncated PNG', () => bytes(200, png.subarray(0, 100))],
    [
      'a web page with the signature of a PNG',
      () => bytes(200, Buffer.concat([png.subarray(0, 8), Buffer.from('<html>')])),
    ],
    ['more than a megabyte', () => bytes(200, Buffer.concat([png, Buffer.alloc(1024 * 1024)]))],
    [
      'more than a megabyte, of unknown length',
      () => (response) => response.writeHead(200).end(Buffer.alloc(2 ** 20 + 1)),
    ],
    ['an empty body', () => bytes(200, '')],
    ['a 206 response', () => bytes(206, png)],
    ['a 403 response', () => json(403, {})],
    ['a 404 response', () => json(404, {})],
  ])('results in 404, which is cached: %s', async (_, reply) => {
    avatarReply = reply();
    expect(await avatarStatus()).toBe(404);
    const { length } = fixture.sources[0]!.requests;
    const cached = await getAvatar();
    expect([cached.status, cached.json()]).toEqual([404, { error: 'This user has no avatar' }]);
    expect(fixture.sources[0]!.requests).toHaveLength(length);
  });

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:image/png;base64,iVBORw0KGgo=',
    'ftp://a.example/x.png',
    'https://user:secret@a.example/x.png',
    'http://169.254.169.254/latest/meta-data',
    '/a/..%2f..%2fx',
    '',
    null,
    7,
  ])('at the URL %j results in 404', async (url) => {
    avatarUrl = url;
    expect(await avatarStatus()).toBe(404);
    expect(fixture.sources[0]!.requests).toHaveLength(1);
  });

  it('with too many pixels is not decoded', async () => {
    avatarReply = bytes(200, createLargePng(6000));
    expect(await avatarStatus()).toBe(404);
  });
});

describe('a temporary failure is not cached as a missing avatar', () => {
  it.each<[string, Responder, number]>([
    ['down', json(503, {}), 503],
    ['broken', json(500, {}), 502],
    ['limited', json(429, {}), 429],
    ['silent', hang(), 504],
    ['silent midway', (response) => void response.writeHead(200).write('\x89PNG\r\n'), 504],
    ['truncated', truncated('\x89PNG', 1000), 502],
  ])('%s', async (_, reply, status) => {
    avatarReply = reply;
    expect(await avatarStatus()).toBe(status);
    avatarReply = bytes(200, png);
    if (status !== 429) expect(await avatarStatus()).toBe(200);
  });

  it.each<[string, Responder, number]>([
    ['down', json(503, {}), 503],
    ['silent', hang(), 504],
  ])('%s, on another host', async (_, reply, status) => {
    avatarUrl = cdnUrl();
    cdn.reply = reply;
    expect(await avatarStatus()).toBe(status);
  });
});

it('avatars on private networks are not fetched unless the settings allow it', async () => {
  const closed = await openHub([
    (response, request) =>
      json(200, { user: 'u', avatarUrl: request.url.includes('/named/') ? cdnUrl() : '/moved' })(response, request),
  ]);
  const { reply } = closed.sources[0]!;
  closed.sources[0]!.reply = (response, request) =>
    (request.url === '/moved' ? redirect(302, cdnUrl()) : reply)(response, request);
  for (const name of ['named', 'redirected'])
    expect((await closed.sendRequest(`/api/users/${name}/avatar`)).status).toBe(404);
  expect(cdn.requests).toEqual([]);
});

it('avatars of a KohakuHub are fetched next to its profiles; organization avatars are served at both routes', async () => {
  const kohakuHub: Responder = (response, request) => {
    const [path] = request.url.split('?');
    if (path === '/api/organizations/lab/profile') return json(200, { name: 'lab' })(response, request);
    if (path === '/api/organizations/lab/avatar') return bytes(200, png)(response, request);
    return json(404, {})(response, request);
  };
  const lab = await openHub([kohakuHub], { facts: [{ source_type: 'kohakuhub' }] });
  const profile = (await lab.sendRequest('/api/users/lab/profile')).json() as { _avatar_url: string };
  expect(profile._avatar_url).toBe(`${lab.hub.url}/api/organizations/lab/avatar`);
  for (const path of [profile._avatar_url.slice(lab.hub.url.length), '/api/users/lab/avatar'])
    expect((await lab.sendRequest(path)).headers['content-type']).toBe('image/webp');
  expect(lab.sources[0]!.requests.at(-1)!.url).toBe('/api/organizations/lab/avatar?fallback=false');
});

it('avatars of local names and with fallback=false are never requested from sources', async () => {
  for (const path of ['users/alice', 'organizations/alice', 'users/someone'])
    expect(
      (await fixture.sendRequest(`/api/${path}/avatar?fallback=${path === 'users/someone' ? 'false' : ''}`)).status,
    ).toBe(404);
  expect(fixture.sources[0]!.requests).toEqual([]);
});
