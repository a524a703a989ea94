import sharp from 'sharp';
import { adminClient } from '../support/admin-client.js';
import { bytes, hang, html, json, redirect, truncated } from '../support/fake-replies.js';
import { FakeUpstream, wholeText, type Responder } from '../support/fake-upstream.js';
import { hubsOfEachTest, hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { person, type Person } from '../support/people.js';
import { animation, largePicture, photograph, picture } from '../support/pictures.js';

const openHub = hubsOfEachTest();

const GRADIENT = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120"><defs><linearGradient id="a">
  <stop offset="0%" stop-color="#f00"/><stop offset="100%" stop-color="#00f"/></linearGradient></defs>
  <rect fill="url(#a)" width="120" height="120"/></svg>`;

let stage: HubWithSources;
let cdn: FakeUpstream;
let alice: Person;
let png: Buffer;

/** The source: everybody has a picture, where `named` says. */
let named: unknown;
let atSource: Responder;
const huggingFace: Responder = (response, request) => {
  if (!request.url.startsWith('/hub/api/')) return atSource(response, request);
  if (!request.url.startsWith('/hub/api/users/')) return json(404, {})(response, request);
  return json(200, { user: 'someone', fullname: 'S', avatarUrl: named })(response, request);
};

beforeAll(async () => {
  png = await picture(600, 300);
  cdn = await FakeUpstream.start(bytes(200, png));
  stage = await hubWithSources([huggingFace], {
    facts: [{ token: 'hf_TheTokenOfSourceA' }],
    env: {
      ...{ KOHAKU_HUB_FALLBACK_SOURCES: '[]', KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' },
      KOHAKU_HUB_FALLBACK_TIMEOUT: '0.6',
    },
  });
  alice = await person(stage.hub, 'alice');
});
afterAll(async () => {
  await stage.close();
  await cdn.close();
});
/** A source of which nothing is remembered, whose base is a folder. */
beforeEach(async () => {
  const url = `${stage.sources[0]!.url}/hub`;
  const sources = [{ name: 'A', url, source_type: 'huggingface', token: 'hf_TheTokenOfSourceA' }];
  await adminClient(stage.hub)('PUT', '/fallback/sources-bulk-replace', { sources });
  [named, atSource] = ['/avatars/one%20two.png?v=1', bytes(200, png)];
  cdn.reply = bytes(200, png);
  [...stage.sources, cdn].forEach((far) => far.forget());
});

const show = (headers = {}) => stage.ask('/api/users/someone/avatar', { headers });
const atCdn = (path = '/x.png'): string => `${cdn.url}${path}`;
const shown = async (): Promise<number> => (await show()).status;

describe('a picture of a source’s user', () => {
  it('is the hub’s own to browsers: re-encoded, and nothing of its origin', async () => {
    atSource = bytes(200, png, {
      ...{ 'content-type': 'text/html', 'set-cookie': 'a=b', 'cache-control': 'public, max-age=99999999', etag: '"x"' },
    });
    const { status, headers, body } = await show({ authorization: `Bearer ${alice.token}` });
    expect([status, headers]).toMatchObject([
      200,
      {
        ...{ 'content-type': 'image/webp', 'content-length': `${body.length}`, 'x-content-type-options': 'nosniff' },
        ...{ 'content-security-policy': "default-src 'none'; sandbox", 'cache-control': 'public, max-age=300' },
        etag: expect.stringMatching(/^"\w{64}"$/),
      },
    ]);
    expect(headers['set-cookie']).toBeUndefined();
    expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: 512, height: 256 });
    expect(stage.sources[0]!.requests.map(({ url }) => url)).toEqual([
      ...['/hub/api/users/someone/overview', '/hub/avatars/one%20two.png?v=1'],
    ]);
    expect(stage.sources[0]!.requests.map(({ headers }) => headers.authorization)).toEqual([
      ...['Bearer hf_TheTokenOfSourceA', 'Bearer hf_TheTokenOfSourceA'],
    ]);
    expect(stage.sources[0]!.requests.map(wholeText).join('')).not.toContain(alice.token);
    const again = await show({ 'if-none-match': headers['etag'] });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(stage.sources[0]!.requests).toHaveLength(2);
    const asHead = await stage.ask('/api/users/someone/avatar', { method: 'HEAD' });
    expect([asHead.status, asHead.headers['etag'], asHead.body.length]).toEqual([200, headers['etag'], 0]);
  });

  it('from another host is fetched without any token, along three redirects and no more', async () => {
    named = atCdn('/0');
    const leads =
      (most: number): Responder =>
      (response, request) => {
        const n = Number(request.url.slice(1));
        return (n < most ? redirect(302, `/${n + 1}`) : bytes(200, png))(response, request);
      };
    cdn.reply = leads(3);
    expect(await shown()).toBe(200);
    expect(cdn.requests.map(({ url }) => url)).toEqual(['/0', '/1', '/2', '/3']);
    expect(cdn.requests.map(wholeText).join('')).not.toMatch(/TheTokenOfSourceA|authorization/i);
    await adminClient(stage.hub)('DELETE', '/fallback-sources/cache/clear');
    cdn.reply = leads(4);
    expect(await shown()).toBe(404);
  });

  it('to which the source redirects is fetched without its token', async () => {
    atSource = redirect(302, atCdn());
    expect(await shown()).toBe(200);
    expect(cdn.requests.map(wholeText).join('')).not.toMatch(/TheTokenOfSourceA|authorization/i);
  });

  it('is fetched once by a hundred who ask at once', async () => {
    const told = await Promise.all(Array.from({ length: 100 }, shown));
    expect(new Set(told)).toEqual(new Set([200]));
    expect(stage.sources[0]!.requests).toHaveLength(2);
  });

  it('is drawn from a plain SVG', async () => {
    atSource = bytes(200, GRADIENT, { 'content-type': 'image/svg+xml' });
    const { status, headers, body } = await show();
    expect([status, headers['content-type']]).toEqual([200, 'image/webp']);
    expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: 120, height: 120 });
  });

  it('of whatever raster is its first frame, without what it tells besides', async () => {
    for (const content of [await animation(), await photograph(), await picture(10, 10, 'webp')]) {
      await adminClient(stage.hub)('DELETE', '/fallback-sources/cache/clear');
      atSource = bytes(200, content);
      const { status, body } = await show();
      const { pages = 1, exif } = await sharp(body).metadata();
      expect([status, pages, exif]).toEqual([200, 1, undefined]);
    }
  });
});

describe('what is no picture', () => {
  it.each<[string, () => Responder]>([
    ['a web page', () => html()],
    [
      'a web page that says to be a PNG',
      () => bytes(200, '<script>alert(1)</script>', { 'content-type': 'image/png' }),
    ],
    ['an SVG with a script', () => bytes(200, GRADIENT.replace('<rect', '<script>alert(1)</script><rect'))],
    [
      'an SVG that names files',
      () => bytes(200, GRADIENT.replace('<rect', '<image href="file:///etc/hostname"/><rect')),
    ],
    ['half a PNG', () => bytes(200, png.subarray(0, 100))],
    [
      'a PNG with a page behind its beginning',
      () => bytes(200, Buffer.concat([png.subarray(0, 8), Buffer.from('<html>')])),
    ],
    ['more than a megabyte', () => bytes(200, Buffer.concat([png, Buffer.alloc(1024 * 1024)]))],
    [
      'more than a megabyte, of unknown length',
      () => (response) => response.writeHead(200).end(Buffer.alloc(2 ** 20 + 1)),
    ],
    ['nothing', () => bytes(200, '')],
    ['part of one', () => bytes(206, png)],
    ['a refusal', () => json(403, {})],
    ['not there', () => json(404, {})],
  ])('%s: 404, and that is remembered', async (_, reply) => {
    atSource = reply();
    expect(await shown()).toBe(404);
    const { length } = stage.sources[0]!.requests;
    const told = await show();
    expect([told.status, told.json()]).toEqual([404, { error: 'This user has no avatar' }]);
    expect(stage.sources[0]!.requests).toHaveLength(length);
  });

  it.each([
    ...['javascript:alert(1)', 'file:///etc/passwd', 'data:image/png;base64,iVBORw0KGgo=', 'ftp://a.example/x.png'],
    ...[
      'https://user:secret@a.example/x.png',
      'http://169.254.169.254/latest/meta-data',
      '/a/..%2f..%2fx',
      '',
      null,
      7,
    ],
  ])('%j is no place for one', async (place) => {
    named = place;
    expect(await shown()).toBe(404);
    expect(stage.sources[0]!.requests).toHaveLength(1);
  });

  it('one with more pixels than there is memory is not unpacked', async () => {
    atSource = bytes(200, largePicture(6000));
    expect(await shown()).toBe(404);
  });
});

describe('a picture that cannot be had now is not a missing one', () => {
  it.each<[string, Responder, number]>([
    ['down', json(503, {}), 503],
    ['broken', json(500, {}), 502],
    ['limited', json(429, {}), 429],
    ['silent', hang(), 504],
    ['silent half-way', (response) => void response.writeHead(200).write('\x89PNG\r\n'), 504],
    ['cut off', truncated('\x89PNG', 1000), 502],
  ])('%s', async (_, reply, status) => {
    atSource = reply;
    expect(await shown()).toBe(status);
    atSource = bytes(200, png);
    if (status !== 429) expect(await shown()).toBe(200);
  });

  it.each<[string, Responder, number]>([
    ['down', json(503, {}), 503],
    ['silent', hang(), 504],
  ])('%s elsewhere', async (_, reply, status) => {
    named = atCdn();
    cdn.reply = reply;
    expect(await shown()).toBe(status);
  });
});

it('a host in a private network is not asked for one, unless that is allowed', async () => {
  const closed = await openHub([
    (response, request) =>
      json(200, { user: 'u', avatarUrl: request.url.includes('/named/') ? atCdn() : '/moved' })(response, request),
  ]);
  const { reply } = closed.sources[0]!;
  closed.sources[0]!.reply = (response, request) =>
    (request.url === '/moved' ? redirect(302, atCdn()) : reply)(response, request);
  for (const name of ['named', 'redirected']) expect((await closed.ask(`/api/users/${name}/avatar`)).status).toBe(404);
  expect(cdn.requests).toEqual([]);
});

it('a KohakuHub’s pictures lie next to its profiles; those of organizations are shown at either address', async () => {
  const kohakuHub: Responder = (response, request) => {
    const [path] = request.url.split('?');
    if (path === '/api/organizations/lab/profile') return json(200, { name: 'lab' })(response, request);
    if (path === '/api/organizations/lab/avatar') return bytes(200, png)(response, request);
    return json(404, {})(response, request);
  };
  const lab = await openHub([kohakuHub], { facts: [{ source_type: 'kohakuhub' }] });
  const profile = (await lab.ask('/api/users/lab/profile')).json() as { _avatar_url: string };
  expect(profile._avatar_url).toBe(`${lab.hub.url}/api/organizations/lab/avatar`);
  for (const path of [profile._avatar_url.slice(lab.hub.url.length), '/api/users/lab/avatar'])
    expect((await lab.ask(path)).headers['content-type']).toBe('image/webp');
  expect(lab.sources[0]!.requests.at(-1)!.url).toBe('/api/organizations/lab/avatar?fallback=false');
});

it('a local name’s picture is local, and fallback=false asks nobody', async () => {
  for (const path of ['users/alice', 'organizations/alice', 'users/someone'])
    expect((await stage.ask(`/api/${path}/avatar?fallback=${path === 'users/someone' ? 'false' : ''}`)).status).toBe(
      404,
    );
  expect(stage.sources[0]!.requests).toEqual([]);
});
