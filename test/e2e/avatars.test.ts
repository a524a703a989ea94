import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { ask, type Told } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { organization, person, type Person } from '../support/people.js';
import { animation, largePicture, photograph, picture } from '../support/pictures.js';

let hub: RunningHub;
let ann: Person;
let ben: Person;
let reader: Person;
let png: Buffer;
beforeAll(async () => {
  hub = await startHub();
  [ann, ben, reader] = [await person(hub, 'Ann'), await person(hub, 'ben'), await person(hub, 'Ann', 'read')];
  await organization(hub, 'Acme', { Ann: 'admin', ben: 'write' });
  png = await picture(600, 300);
});
afterAll(() => hub?.close());

const show = (who: string, headers?: Readonly<Record<string, string>>, method: 'GET' | 'HEAD' = 'GET'): Promise<Told> =>
  ask(hub.url, `/api/${who}/avatar`, { method, headers });
const put = (who: string, body: Buffer | string, by?: Person, type = 'image/png'): Promise<Told> =>
  ask(hub.url, `/api/${who}/avatar`, { method: 'PUT', body, headers: { 'content-type': type, ...by?.headers } });
const remove = (who: string, by?: Person): Promise<Told> =>
  ask(hub.url, `/api/${who}/avatar`, { method: 'DELETE', headers: by?.headers });

describe('a picture', () => {
  it('is shown small, as WebP, to everybody', async () => {
    expect((await show('users/ann')).status).toBe(404);
    expect((await put('users/ann', png, ann)).status).toBe(200);
    const { status, headers, body } = await show('users/ANN');
    expect([status, headers]).toMatchObject([
      200,
      {
        ...{
          'content-type': 'image/webp',
          'content-length': String(body.length),
          etag: expect.stringMatching(/^"\w{64}"$/),
        },
        ...{ 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' },
        'content-security-policy': "default-src 'none'; sandbox",
      },
    ]);
    expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: 512, height: 256 });
    const asHead = await show('users/ann', {}, 'HEAD');
    expect([asHead.status, asHead.headers['etag'], asHead.body.length]).toEqual([200, headers['etag'], 0]);
  });

  it('is not sent again to who has it', async () => {
    const { headers } = await show('users/ann');
    const again = await show('users/ann', { 'if-none-match': headers['etag']! });
    expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, headers['etag']]);
    expect((await show('users/ann', { 'if-none-match': '"another"' })).status).toBe(200);
  });

  it('has another address when it is another one, and none when it is gone', async () => {
    const first = (await put('users/ben', png, ben)).json() as { avatarUrl: string };
    const second = (await put('users/ben', await picture(20, 20), ben)).json() as { avatarUrl: string };
    expect(first.avatarUrl).toMatch(new RegExp(`^${hub.url}/api/users/ben/avatar\\?v=[0-9a-f]{12}$`));
    expect(second.avatarUrl).not.toBe(first.avatarUrl);
    const { body } = await ask(hub.url, second.avatarUrl.slice(hub.url.length));
    expect(await sharp(body).metadata()).toMatchObject({ width: 20, height: 20 });
    expect([(await remove('users/ben', ben)).status, (await show('users/ben')).status]).toEqual([200, 404]);
    expect((await remove('users/ben', ben)).status).toBe(200);
    const overview = await ask(hub.url, '/api/users/ben/overview');
    expect(overview.json()).toMatchObject({ avatarUrl: '' });
  });

  it.each(['users/nobody', 'users/acme', 'organizations/ann', 'organizations/acme', 'users/%00', 'users/a%2Fb'])(
    'is not there for %s',
    async (who) => {
      const { status, headers, json } = await show(who);
      expect([status, json()]).toEqual([404, { error: expect.stringMatching(/has no avatar|does not exist/) }]);
      expect(headers['cache-control']).toBe('no-store');
    },
  );
});

it('is named wherever its account is', async () => {
  const { avatarUrl } = (await put('users/ann', png, ann)).json() as { avatarUrl: string };
  const { avatarUrl: ofAcme } = (await put('organizations/acme', await picture(30, 30), ann)).json() as {
    avatarUrl: string;
  };
  expect(ofAcme).toMatch(`${hub.url}/api/organizations/Acme/avatar?v=`);
  const read = async (path: string) => (await ask(hub.url, `/api/${path}`, { headers: ann.headers })).json();
  expect(await read('whoami-v2')).toMatchObject({ avatarUrl, orgs: [{ name: 'Acme', avatarUrl: ofAcme }] });
  expect(await read('users/ann/overview')).toMatchObject({ avatarUrl, orgs: [{ name: 'Acme', avatarUrl: ofAcme }] });
  expect(await read('organizations/acme/overview')).toMatchObject({ avatarUrl: ofAcme });
  expect(await read('organizations/acme/members')).toMatchObject([
    { user: 'Ann', avatarUrl },
    { user: 'ben', avatarUrl: '' },
  ]);
  expect(await read('users/ann/settings')).toMatchObject({ avatar_url: avatarUrl });
  expect(await read('organizations/acme/settings')).toMatchObject({ avatar_url: ofAcme });
});

describe('a picture is given and taken', () => {
  it.each([
    ['by nobody', undefined, 'users/ann', 401],
    ['by another user', () => ben, 'users/ann', 403],
    ['by a token that may only read', () => reader, 'users/ann', 403],
    ['by a member that is no admin', () => ben, 'organizations/acme', 403],
    ['to an organization as if it were a user', () => ann, 'users/acme', 404],
    ['to nobody', () => ann, 'users/nobody', 404],
  ] as const)('not %s', async (_, who, account, status) => {
    const before = await show(account);
    const answers = [await put(account, png, who?.()), await remove(account, who?.())];
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    expect((await show(account)).body).toEqual(before.body);
  });

  it('by a session of its owner', async () => {
    const json = { username: 'cyd', password: 'correct horse battery' };
    await ask(hub.url, '/api/auth/register', { method: 'POST', json });
    const signedIn = await ask(hub.url, '/api/auth/login', { method: 'POST', json });
    const cookie = signedIn.headers['set-cookie']!.split(';')[0]!;
    const headers = { cookie, 'content-type': 'image/png' };
    const given = await ask(hub.url, '/api/users/cyd/avatar', { method: 'PUT', body: png, headers });
    expect([given.status, (await show('users/cyd')).status]).toEqual([200, 200]);
  });
});

describe('what is sent as a picture', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('may be %s, whatever it is called', async (kind) => {
    expect((await put('users/ben', await picture(50, 40, kind), ben, 'image/x-whatever')).status).toBe(200);
    expect(await sharp((await show('users/ben')).body).metadata()).toMatchObject({ format: 'webp', width: 50 });
  });

  it('is turned upright, and does not tell where it was taken', async () => {
    const photo = await photograph();
    expect(photo.includes('the secret place')).toBe(true);
    await put('users/ben', photo, ben, 'image/jpeg');
    const { body } = await show('users/ben');
    const { width, height, exif, xmp, icc, orientation } = await sharp(body).metadata();
    expect({ width, height }).toEqual({ width: 100, height: 300 });
    expect([exif, xmp, icc, orientation]).toEqual([undefined, undefined, undefined, undefined]);
    expect(body.includes('the secret place')).toBe(false);
  });

  it('moves no more', async () => {
    const moving = await animation();
    expect((await sharp(moving).metadata()).pages).toBe(2);
    await put('users/ben', moving, ben, 'image/gif');
    const { pages = 1, height } = await sharp((await show('users/ben')).body).metadata();
    expect([pages, height]).toEqual([1, 20]);
  });

  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  it.each([
    ['an SVG that is called PNG', 415, () => svg, 'image/png'],
    ['an SVG', 415, () => svg, 'image/svg+xml'],
    ['nothing', 415, () => '', 'image/png'],
    ['text', 415, () => 'hello', 'image/png'],
    ['TIFF', 415, () => sharp(png).tiff().toBuffer(), 'image/tiff'],
    ['JSON', 415, () => '{"image":"x"}', 'application/json'],
    ['a form', 415, () => png, 'application/x-www-form-urlencoded'],
    ['the first half of a PNG', 400, () => png.subarray(0, png.length / 2), 'image/png'],
    ['a PNG with a wrong byte', 400, () => Buffer.from(png).fill(0xff, 60, 90), 'image/png'],
    ['a PNG of nothing but its name', 400, () => png.subarray(0, 8), 'image/png'],
    ['a program behind the name of a GIF', 400, () => `GIF89a<script>${'x'.repeat(99)}</script>`, 'image/gif'],
    ['400 million pixels', 400, () => largePicture(20_000), 'image/png'],
    ['more than 1 MB', 413, () => Buffer.concat([png, Buffer.alloc(1024 * 1024)]), 'image/png'],
  ])('is refused when it is %s, and the picture stays', async (_, status, make, type) => {
    await put('users/ben', png, ben);
    const before = await show('users/ben');
    const body = await make();
    if (status === 400) expect(body.length).toBeLessThan(1024 * 1024);
    const answer = await put('users/ben', body, ben, type);
    expect([answer.status, answer.json()]).toEqual([status, expect.objectContaining({ error: expect.any(String) })]);
    expect((await show('users/ben')).body).toEqual(before.body);
  });
});
