import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let ann: TestUser;
let ben: TestUser;
let reader: TestUser;
beforeAll(async () => {
  hub = await startHub();
  [ann, ben, reader] = [
    await createTestUser(hub, 'Ann'),
    await createTestUser(hub, 'ben'),
    await createTestUser(hub, 'Ann', 'read'),
  ];
  await createTestOrganization(hub, 'Acme', { Ann: 'admin', ben: 'write' });
  for (const [type, name, isPrivate] of [
    ['model', 'open', false],
    ['model', 'hidden', true],
    ['dataset', 'rows', false],
  ] as const)
    for (const owner of ['Ann', 'Acme']) {
      const json = { type, name, private: isPrivate, ...(owner === 'Acme' ? { organization: owner } : {}) };
      const created = await sendRequest(hub.url, '/api/repos/create', { method: 'POST', json, headers: ann.headers });
      expect(created.status).toBe(200);
    }
});
afterAll(() => hub?.close());

const read = (path: string, user?: TestUser): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/${path}`, { headers: user?.headers });
const put = (path: string, json: unknown, user?: TestUser): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/${path}`, { method: 'PUT', json, headers: user?.headers });

describe('an overview', () => {
  it('lists a user’s organizations and counts public repositories', async () => {
    const { status, json } = await read('users/ann/overview');
    expect([status, json()]).toEqual([
      200,
      {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        user: 'Ann',
        fullname: 'Ann',
        type: 'user',
        details: '',
        isPro: false,
        isFollowing: false,
        avatarUrl: '',
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        orgs: [{ id: expect.any(String), name: 'Acme', fullname: 'Acme', avatarUrl: '' }],
        numModels: 1,
        numDatasets: 1,
        numSpaces: 0,
        numPapers: 0,
        numDiscussions: 0,
        numUpvotes: 0,
        numLikes: 0,
        numFollowers: 0,
        numFollowing: 0,
      },
    ]);
  });

  it('counts an organization’s members', async () => {
    expect((await read('organizations/ACME/overview')).json()).toEqual({
      _id: expect.any(String),
      name: 'Acme',
      fullname: 'Acme',
      avatarUrl: '',
      details: '',
      isVerified: false,
      isFollowing: false,
      numUsers: 2,
      numModels: 1,
      numDatasets: 1,
      numSpaces: 0,
      numPapers: 0,
      numFollowers: 0,
    });
  });

  it.each([
    ['users/ann', () => ann, 2],
    ['users/ann', () => ben, 1],
    ['organizations/acme', () => ben, 2],
  ])('%s: private models count for users who can read them', async (path, userOf, models) => {
    expect((await read(`${path}/overview`, userOf())).json()).toMatchObject({ numModels: models });
  });

  it.each(['users/acme', 'users/nobody', 'organizations/ann', 'users/%00', 'users/a%2Fb'])(
    'does not exist for %s',
    async (path) => {
      const { status, headers, json } = await read(`${path}/overview`);
      const kind = path.startsWith('users') ? 'user' : 'organization';
      expect([status, json()]).toEqual([404, { error: `This ${kind} does not exist` }]);
      expect(headers['content-type']).toMatch(/^application\/json/);
    },
  );
});

describe('the members of an organization', () => {
  it('are returned in pages', async () => {
    const first = await read('organizations/acme/members?limit=1');
    expect(first.json()).toMatchObject([{ user: 'Ann', role: 'admin', type: 'user', isFollowing: false }]);
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1];
    expect(next).toMatch(`${hub.url}/api/organizations/acme/members?`);
    const second = await read(next!.slice(`${hub.url}/api/`.length));
    expect([second.json(), second.headers['link']]).toMatchObject([[{ user: 'ben', role: 'write' }], undefined]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=x', 'cursor=9999999999'])(
    'are refused with %s',
    async (query) => {
      expect((await read(`organizations/acme/members?${query}`)).status).toBe(400);
    },
  );

  it('do not exist for a user or a missing organization', async () => {
    expect([(await read('organizations/ann/members')).status, (await read('organizations/x/members')).status]).toEqual([
      404, 404,
    ]);
  });
});

describe('settings', () => {
  const changes = {
    full_name: 'Ann A.',
    bio: 'Line one\nline two',
    website: 'https://ann.example/about',
    email: 'ann@example.org',
    social_media: { github: 'ann-a', twitter_x: '' },
  };

  it('can be changed by the owner and are in the overview, except for the email', async () => {
    const { status, json } = await put('users/ann/settings', changes, ann);
    const saved = { ...changes, name: 'Ann', social_media: { github: 'ann-a' }, avatar_url: '' };
    expect([status, json()]).toEqual([200, saved]);
    expect((await read('users/ann/settings', reader)).json()).toEqual(saved);
    const overview = await read('users/ann/overview');
    expect(overview.json()).toMatchObject({ fullname: 'Ann A.', details: changes.bio });
    const responses = [overview, await read('organizations/acme/members'), await read('users/ann/overview', ben)];
    for (const { body } of responses) expect(body.toString()).not.toContain('ann@example.org');
  });

  it('keep fields that the request omits', async () => {
    const before = (await read('users/ann/settings', ann)).json() as object;
    const { json } = await put('users/ann/settings', { bio: '', email: null }, ann);
    expect(json()).toEqual({ ...before, bio: '', email: null });
    expect((await put('users/ann/settings', {}, ann)).json()).toEqual({ ...before, bio: '', email: null });
    expect((await put('users/ann/settings', { website: '' }, ann)).json()).toMatchObject({ website: '' });
  });

  it.each([
    ['website', { website: 'javascript:alert(1)' }],
    ['website', { website: 'https://user:secret@example.org' }],
    ['website', { website: `https://example.org/${'a'.repeat(500)}` }],
    ['website', { website: null }],
    ['full_name', { full_name: '' }],
    ['full_name', { full_name: 'a\u0000b' }],
    ['bio', { bio: 'b'.repeat(2001) }],
    ['bio', { bio: 'a\u0000b' }],
    ['email', { email: 'no address' }],
    ['social_media', { social_media: [] }],
    ['social_media.github', { social_media: { github: 'javascript:alert(1)' } }],
    ['social_media.github', { social_media: { github: 7 } }],
    ['social_media.elsewhere', { social_media: { elsewhere: 'ann' } }],
    ['reserved', { reserved: true }],
  ])('refuse an invalid %s', async (field, body) => {
    const { status, json } = await put('users/ann/settings', body, ann);
    expect([status, json()]).toMatchObject([
      400,
      { fields: expect.arrayContaining([expect.objectContaining({ field })]) },
    ]);
  });

  it.each([
    ['anonymous users', undefined, 'users/ann', [401, 401]],
    ['another user', () => ben, 'users/ann', [403, 403]],
    ['a read token', () => reader, 'users/ann', [200, 403]],
    ['a member without the admin role', () => ben, 'organizations/acme', [403, 403]],
    ['an admin', () => ann, 'organizations/acme', [200, 200]],
    ['an admin at a user URL', () => ann, 'users/acme', [404, 404]],
  ])('have the right status for %s', async (_, userOf, path, statuses) => {
    const responses = [
      await read(`${path}/settings`, userOf?.()),
      await put(`${path}/settings`, { bio: 'We' }, userOf?.()),
    ];
    expect(responses.map(({ status }) => status)).toEqual(statuses);
  });

  it('for an organization are in its overview', async () => {
    await put('organizations/acme/settings', { full_name: 'Acme Inc.', bio: 'Anvils' }, ann);
    expect((await read('organizations/acme/overview')).json()).toMatchObject({
      fullname: 'Acme Inc.',
      details: 'Anvils',
    });
  });
});
