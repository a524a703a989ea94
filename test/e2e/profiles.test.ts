import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, type Told } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { organization, person, type Person } from '../support/people.js';

let hub: RunningHub;
let ann: Person;
let ben: Person;
let reader: Person;
beforeAll(async () => {
  hub = await startHub();
  [ann, ben, reader] = [await person(hub, 'Ann'), await person(hub, 'ben'), await person(hub, 'Ann', 'read')];
  await organization(hub, 'Acme', { Ann: 'admin', ben: 'write' });
  for (const [type, name, isPrivate] of [
    ['model', 'open', false],
    ['model', 'hidden', true],
    ['dataset', 'rows', false],
  ] as const)
    for (const owner of ['Ann', 'Acme']) {
      const json = { type, name, private: isPrivate, ...(owner === 'Acme' ? { organization: owner } : {}) };
      const made = await ask(hub.url, '/api/repos/create', { method: 'POST', json, headers: ann.headers });
      expect(made.status).toBe(200);
    }
});
afterAll(() => hub?.close());

const read = (path: string, who?: Person): Promise<Told> => ask(hub.url, `/api/${path}`, { headers: who?.headers });
const put = (path: string, json: unknown, who?: Person): Promise<Told> =>
  ask(hub.url, `/api/${path}`, { method: 'PUT', json, headers: who?.headers });

describe('an overview', () => {
  it('of a user names its organizations and counts what everybody may see', async () => {
    const { status, json } = await read('users/ann/overview');
    expect([status, json()]).toEqual([
      200,
      {
        ...{ _id: expect.stringMatching(/^[0-9a-f]{24}$/), user: 'Ann', fullname: 'Ann', type: 'user', details: '' },
        ...{ isPro: false, isFollowing: false, avatarUrl: '', createdAt: expect.stringMatching(/^\d{4}-.*Z$/) },
        orgs: [{ id: expect.any(String), name: 'Acme', fullname: 'Acme', avatarUrl: '' }],
        ...{ numModels: 1, numDatasets: 1, numSpaces: 0, numPapers: 0, numDiscussions: 0 },
        ...{ numUpvotes: 0, numLikes: 0, numFollowers: 0, numFollowing: 0 },
      },
    ]);
  });

  it('of an organization counts its members', async () => {
    expect((await read('organizations/ACME/overview')).json()).toEqual({
      ...{ _id: expect.any(String), name: 'Acme', fullname: 'Acme', avatarUrl: '', details: '' },
      ...{ isVerified: false, isFollowing: false, numUsers: 2 },
      ...{ numModels: 1, numDatasets: 1, numSpaces: 0, numPapers: 0, numFollowers: 0 },
    });
  });

  it.each([
    ['users/ann', () => ann, 2],
    ['users/ann', () => ben, 1],
    ['organizations/acme', () => ben, 2],
  ])('of %s counts private models for who may see them', async (path, who, models) => {
    expect((await read(`${path}/overview`, who())).json()).toMatchObject({ numModels: models });
  });

  it.each(['users/acme', 'users/nobody', 'organizations/ann', 'users/%00', 'users/a%2Fb'])(
    'is not there for %s',
    async (path) => {
      const { status, headers, json } = await read(`${path}/overview`);
      const kind = path.startsWith('users') ? 'user' : 'organization';
      expect([status, json()]).toEqual([404, { error: `This ${kind} does not exist` }]);
      expect(headers['content-type']).toMatch(/^application\/json/);
    },
  );
});

describe('the members of an organization', () => {
  it('come in pages that follow each other', async () => {
    const first = await read('organizations/acme/members?limit=1');
    expect(first.json()).toMatchObject([{ user: 'Ann', role: 'admin', type: 'user', isFollowing: false }]);
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1];
    expect(next).toMatch(`${hub.url}/api/organizations/acme/members?`);
    const second = await read(next!.slice(`${hub.url}/api/`.length));
    expect([second.json(), second.headers['link']]).toMatchObject([[{ user: 'ben', role: 'write' }], undefined]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=x', 'cursor=9999999999'])(
    'are not had with %s',
    async (query) => {
      expect((await read(`organizations/acme/members?${query}`)).status).toBe(400);
    },
  );

  it('are not there for a user or for nobody', async () => {
    expect([(await read('organizations/ann/members')).status, (await read('organizations/x/members')).status]).toEqual([
      404, 404,
    ]);
  });
});

describe('settings', () => {
  const wishes = {
    full_name: 'Ann A.',
    bio: 'Line one\nline two',
    website: 'https://ann.example/about',
    email: 'ann@example.org',
    social_media: { github: 'ann-a', twitter_x: '' },
  };

  it('are changed by their owner and shown in the overview, but for the email', async () => {
    const { status, json } = await put('users/ann/settings', wishes, ann);
    const kept = { ...wishes, name: 'Ann', social_media: { github: 'ann-a' }, avatar_url: '' };
    expect([status, json()]).toEqual([200, kept]);
    expect((await read('users/ann/settings', reader)).json()).toEqual(kept);
    const seen = await read('users/ann/overview');
    expect(seen.json()).toMatchObject({ fullname: 'Ann A.', details: wishes.bio });
    const everywhere = [seen, await read('organizations/acme/members'), await read('users/ann/overview', ben)];
    for (const { body } of everywhere) expect(body.toString()).not.toContain('ann@example.org');
  });

  it('stay as they are where nothing is said', async () => {
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
  ])('do not take a wrong %s', async (field, body) => {
    const { status, json } = await put('users/ann/settings', body, ann);
    expect([status, json()]).toMatchObject([
      400,
      { fields: expect.arrayContaining([expect.objectContaining({ field })]) },
    ]);
  });

  it.each([
    ['nobody', undefined, 'users/ann', [401, 401]],
    ['another user', () => ben, 'users/ann', [403, 403]],
    ['a token that may only read', () => reader, 'users/ann', [200, 403]],
    ['a member that is no admin', () => ben, 'organizations/acme', [403, 403]],
    ['an admin', () => ann, 'organizations/acme', [200, 200]],
    ['an admin, under the wrong kind', () => ann, 'users/acme', [404, 404]],
  ])('of others are not for %s', async (_, who, path, statuses) => {
    const answers = [await read(`${path}/settings`, who?.()), await put(`${path}/settings`, { bio: 'We' }, who?.())];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  it('of an organization are what its overview says', async () => {
    await put('organizations/acme/settings', { full_name: 'Acme Inc.', bio: 'Anvils' }, ann);
    expect((await read('organizations/acme/overview')).json()).toMatchObject({
      fullname: 'Acme Inc.',
      details: 'Anvils',
    });
  });
});
