import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';
import { createAnimatedGif, createLargePng, createRotatedJpeg, createImage } from '../support/test-images.js';

let hub: RunningHub;
let ann: TestUser;
let ben: TestUser;
let reader: TestUser;
let png: Buffer;
beforeAll(async () => {
  hub = await startHub();
  [ann, ben, reader] = [
    await createTestUser(hub, 'Ann'),
    await createTestUser(hub, 'ben'),
    await createTestUser(hub, 'Ann', 'read'),
  ];
  await createTestOrganization(hub, 'Acme', { Ann: 'admin', ben: 'write' });
  png = await createImage(600, 300);
});
afterAll(() => hub?.close());

const getAvatar = (
  account: string,
  headers?: Readonly<Record<string, string>>,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<HttpResponse> => sendRequest(hub.url, `/api/${account}/avatar`, { method, headers });
const put = (account: string, body: Buffer | string, user?: TestUser, type = 'image/png'): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/${account}/avatar`, {
    method: 'PUT',
    body,
    headers: { 'content-type': type, ...user?.headers },
  });
const remove = (account: string, user?: TestUser): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/${account}/avatar`, { method: 'DELETE', headers: user?.headers });

describe('an avatar', () => {
  it('is served as a scaled-down WebP image without authentication', async () => {
    expect((await getAvatar('users/ann')).status).toBe(404);
    expect((await put('users/ann', png, ann)).status).toBe(200);
    const { status, headers, body } = await getAvatar('users/ANN');
    expect([status, headers]).toMatchObject([
      200,
      {
        'content-type': 'image/webp',
        'content-length': String(body.length),
        etag: expect.stringMatching(/^"\w{64}"$/),
        'cache-control': 'public, max-age=300',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      },
    ]);
    expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: 512, height: 256 });
    const asHead = await getAvatar('users/ann', {}, 'HEAD');
    expect([asHead.status, asHead.headers['etag'], asHead.body.length]).toEqual([200, headers['etag'], 0]);
  });

  it('has one address for users and organizations', async () => {
    expect((await put('users/ann', png, ann)).status).toBe(200);
    expect((await put('organizations/acme', png, ann)).status).toBe(200);
    for (const name of ['ann', 'ACME']) {
      const { status, headers } = await sendRequest(hub.url, `/api/avatars/${name}`);
      expect([status, headers['content-type']]).toEqual([200, 'image/webp']);
    }
    expect((await remove('organizations/acme', ann)).status).toBe(200);
    expect((await sendRequest(hub.url, '/api/avatars/ben')).status).toBe(404);
    expect((await sendRequest(hub.url, '/api/avatars/nobody')).status).toBe(404);
  });

  it('is not sent again if the client has it (304)', async () => {
    const { headers } = await getAvatar('users/ann');
    const revalidated = await getAvatar('users/ann', { 'if-none-match': headers['etag']! });
    expect([revalidated.status, revalidated.body.length, revalidated.headers['etag']]).toEqual([
      304,
      0,
      headers['etag'],
    ]);
    expect((await getAvatar('users/ann', { 'if-none-match': '"another"' })).status).toBe(200);
  });

  it('has a new URL after each change and none after its deletion', async () => {
    const first = (await put('users/ben', png, ben)).json() as { avatarUrl: string };
    const second = (await put('users/ben', await createImage(20, 20), ben)).json() as { avatarUrl: string };
    expect(first.avatarUrl).toMatch(new RegExp(`^${hub.url}/api/users/ben/avatar\\?v=[0-9a-f]{12}$`));
    expect(second.avatarUrl).not.toBe(first.avatarUrl);
    const { body } = await sendRequest(hub.url, second.avatarUrl.slice(hub.url.length));
    expect(await sharp(body).metadata()).toMatchObject({ width: 20, height: 20 });
    expect([(await remove('users/ben', ben)).status, (await getAvatar('users/ben')).status]).toEqual([200, 404]);
    expect((await remove('users/ben', ben)).status).toBe(200);
    const overview = await sendRequest(hub.url, '/api/users/ben/overview');
    expect(overview.json()).toMatchObject({ avatarUrl: '' });
  });

  it.each(['users/nobody', 'users/acme', 'organizations/ann', 'organizations/acme', 'users/%00', 'users/a%2Fb'])(
    'does not exist for %s',
    async (account) => {
      const { status, headers, json } = await getAvatar(account);
      expect([status, json()]).toEqual([404, { error: expect.stringMatching(/has no avatar|does not exist/) }]);
      expect(headers['cache-control']).toBe('no-store');
    },
  );
});

it('the avatar URL is included in all account responses', async () => {
  const { avatarUrl } = (await put('users/ann', png, ann)).json() as { avatarUrl: string };
  const { avatarUrl: acmeAvatarUrl } = (await put('organizations/acme', await createImage(30, 30), ann)).json() as {
    avatarUrl: string;
  };
  expect(acmeAvatarUrl).toMatch(`${hub.url}/api/organizations/Acme/avatar?v=`);
  const read = async (path: string) => (await sendRequest(hub.url, `/api/${path}`, { headers: ann.headers })).json();
  expect(await read('whoami-v2')).toMatchObject({ avatarUrl, orgs: [{ name: 'Acme', avatarUrl: acmeAvatarUrl }] });
  expect(await read('users/ann/overview')).toMatchObject({
    avatarUrl,
    orgs: [{ name: 'Acme', avatarUrl: acmeAvatarUrl }],
  });
  expect(await read('organizations/acme/overview')).toMatchObject({ avatarUrl: acmeAvatarUrl });
  expect(await read('organizations/acme/members')).toMatchObject([
    { user: 'Ann', avatarUrl },
    { user: 'ben', avatarUrl: '' },
  ]);
  expect(await read('users/ann/settings')).toMatchObject({ avatar_url: avatarUrl });
  expect(await read('organizations/acme/settings')).toMatchObject({ avatar_url: acmeAvatarUrl });
});

describe('avatars are set and deleted', () => {
  it.each([
    ['by anonymous users', undefined, 'users/ann', 401],
    ['by another user', () => ben, 'users/ann', 403],
    ['with a read token', () => reader, 'users/ann', 403],
    ['by a member without the admin role', () => ben, 'organizations/acme', 403],
    ['for an organization at a user URL', () => ann, 'users/acme', 404],
    ['for a missing user', () => ann, 'users/nobody', 404],
  ] as const)('not %s', async (_, userOf, account, status) => {
    const before = await getAvatar(account);
    const responses = [await put(account, png, userOf?.()), await remove(account, userOf?.())];
    expect(responses.map((response) => response.status)).toEqual([status, status]);
    expect((await getAvatar(account)).body).toEqual(before.body);
  });

  it('by the owner’s session', async () => {
    const json = { username: 'cyd', password: 'correct horse battery' };
    await sendRequest(hub.url, '/api/auth/register', { method: 'POST', json });
    const signedIn = await sendRequest(hub.url, '/api/auth/login', { method: 'POST', json });
    const cookie = signedIn.headers['set-cookie']!.split(';')[0]!;
    const headers = { cookie, 'content-type': 'image/png' };
    const response = await sendRequest(hub.url, '/api/users/cyd/avatar', { method: 'PUT', body: png, headers });
    expect([response.status, (await getAvatar('users/cyd')).status]).toEqual([200, 200]);
  });
});

describe('an uploaded avatar', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('can be %s, regardless of its Content-Type', async (kind) => {
    expect((await put('users/ben', await createImage(50, 40, kind), ben, 'image/x-whatever')).status).toBe(200);
    expect(await sharp((await getAvatar('users/ben')).body).metadata()).toMatchObject({ format: 'webp', width: 50 });
  });

  it('is rotated upright and loses its metadata, such as the location', async () => {
    const photo = await createRotatedJpeg();
    expect(photo.includes('the secret place')).toBe(true);
    await put('users/ben', photo, ben, 'image/jpeg');
    const { body } = await getAvatar('users/ben');
    const { width, height, exif, xmp, icc, orientation } = await sharp(body).metadata();
    expect({ width, height }).toEqual({ width: 100, height: 300 });
    expect([exif, xmp, icc, orientation]).toEqual([undefined, undefined, undefined, undefined]);
    expect(body.includes('the secret place')).toBe(false);
  });

  it('loses its animation', async () => {
    const animated = await createAnimatedGif();
    expect((await sharp(animated).metadata()).pages).toBe(2);
    await put('users/ben', animated, ben, 'image/gif');
    const { pages = 1, height } = await sharp((await getAvatar('users/ben')).body).metadata();
    expect([pages, height]).toEqual([1, 20]);
  });

  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  it.each([
    ['an SVG declared as PNG', 415, () => svg, 'image/png'],
    ['an SVG', 415, () => svg, 'image/svg+xml'],
    ['an empty body', 415, () => '', 'image/png'],
    ['text', 415, () => 'hello', 'image/png'],
    ['TIFF', 415, () => sharp(png).tiff().toBuffer(), 'image/tiff'],
    ['JSON', 415, () => '{"image":"x"}', 'application/json'],
    ['a form', 415, () => png, 'application/x-www-form-urlencoded'],
    ['the first half of a PNG', 400, () => png.subarray(0, png.length / 2), 'image/png'],
    ['a PNG with a wrong byte', 400, () => Buffer.from(png).fill(0xff, 60, 90), 'image/png'],
    ['a PNG that ends after its signature', 400, () => png.subarray(0, 8), 'image/png'],
    ['a script with the signature of a GIF', 400, () => `GIF89a<script>${'x'.repeat(99)}</script>`, 'image/gif'],
    ['400 million pixels', 400, () => createLargePng(20_000), 'image/png'],
    ['more than 1 MB', 413, () => Buffer.concat([png, Buffer.alloc(1024 * 1024)]), 'image/png'],
  ])('is refused if it is %s, and the previous avatar stays', async (_, status, make, type) => {
    await put('users/ben', png, ben);
    const before = await getAvatar('users/ben');
    const body = await make();
    if (status === 400) expect(body.length).toBeLessThan(1024 * 1024);
    const response = await put('users/ben', body, ben, type);
    expect([response.status, response.json()]).toEqual([
      status,
      expect.objectContaining({ error: expect.any(String) }),
    ]);
    expect((await getAvatar('users/ben')).body).toEqual(before.body);
  });
});
