import { adminClient } from '../support/admin-client.js';
import { profilesResponder } from '../support/fake-profiles.js';
import { afterGate, hang, html, json, reset } from '../support/fake-replies.js';
import { requestText, type Responder } from '../support/fake-upstream.js';
import { useHubWithSources, startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const openHub = useHubWithSources();

const huggingFace = profilesResponder({
  users: {
    TheBloke: {
      fullname: 'Tom',
      isPro: true,
      numModels: 3000,
      details: 'Quantizes',
      followers: ['a', 'b', 'c'],
      likes: ['o/m'],
    },
    alice: { fullname: 'Namesake of the local user' },
    zoe: {
      orgs: [
        { id: '1', name: 'Qwen', fullname: 'Qwen Team' },
        { id: '2', name: 'ACME', fullname: 'Namesake of the local organization' },
      ],
      followers: ['alice', 'kit'],
    },
    bare: { avatarUrl: null },
  },
  organizations: {
    Qwen: { fullname: 'Qwen Team', isVerified: true, numModels: 400, members: ['x', 'y', 'z'] },
    acme: { members: ['stranger'] },
    lab: { members: ['Alice', 'kit'] },
  },
  pageSize: 2,
});

/** A KohakuHub with the user `kim` and the organization `kohaku`. */
const kohakuHub: Responder = (response, request) => {
  const path = request.url.split('?')[0];
  if (path === '/api/users/kim/profile')
    return json(200, {
      username: 'kim',
      full_name: 'Kim K.',
      bio: 'Hi',
      website: 'https://kim.example',
      created_at: '2024-05-01T10:00:00',
      social_media: { github: 'kim', threads: 'javascript:alert(1)' },
      _source: 'local',
    })(response, request);
  if (path === '/api/organizations/kohaku/profile')
    return json(200, {
      name: 'kohaku',
      description: 'A lab',
      bio: null,
      website: 'javascript:alert(1)',
      social_media: null,
      member_count: 7,
      created_at: '2024-05-02T10:00:00',
    })(response, request);
  if (path === '/org/kohaku/members')
    return json(200, { members: [{ user: 'kim', role: 'admin' }] })(response, request);
  return json(404, { detail: 'User not found' })(response, request);
};

const requestedUrls = (fixture: HubWithSources, n: number): string[] =>
  fixture.sources[n]!.requests.map(({ url }) => url);
const expectNoRequests = (fixture: HubWithSources): void =>
  expect(fixture.sources.flatMap(({ requests }) => requests)).toEqual([]);

describe('accounts of two sources', () => {
  let fixture: HubWithSources;
  let alice: TestUser;
  beforeAll(async () => {
    fixture = await startHubWithSources([huggingFace, kohakuHub], {
      facts: [{ token: 'hf_TheTokenOfSourceA' }, { token: 'hf_TheTokenOfSourceB', source_type: 'kohakuhub' }],
      env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'ours-*', KOHAKU_HUB_FALLBACK_HEDGE_MS: '0' },
    });
    alice = await createTestUser(fixture.hub, 'alice');
    await createTestOrganization(fixture.hub, 'acme', { alice: 'admin' });
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await adminClient(fixture.hub)('DELETE', '/fallback-sources/cache/clear');
    fixture.sources.forEach((source) => source.forget());
  });

  const avatar = (path: string): string => `${fixture.hub.url}/api/${path}/avatar`;
  const tagsOf = (n: number) => ({ _source: 'AB'[n], _source_url: fixture.sources[n]!.url });

  it.each([
    ['users', 'KIM', 'kim'],
    ['organizations', 'KOHAKU', 'kohaku'],
  ])('caches missing %s under the exact name: %s, %s', async (path, other, name) => {
    const statusOf = async (of: string): Promise<number> =>
      (await fixture.sendRequest(`/api/${path}/${of}/profile`)).status;
    expect([await statusOf(other), await statusOf(name), await statusOf(other)]).toEqual([404, 200, 404]);
  });

  it('serves a user of huggingface.co, ignoring case', async () => {
    const response = await fixture.sendRequest('/api/users/thebloke/profile');
    expect([response.status, response.json()]).toEqual([
      200,
      {
        username: 'TheBloke',
        full_name: 'Tom',
        bio: 'Quantizes',
        website: null,
        social_media: null,
        created_at: '2019-11-23T17:38:25.000Z',
        _avatar_url: avatar('users/TheBloke'),
        _hf_type: 'user',
        _hf_pro: true,
        _partial: true,
        ...tagsOf(0),
      },
    ]);
    expect(requestedUrls(fixture, 1)).toEqual([]);
  });

  it('recognizes an organization of huggingface.co by its member list and names it by its overview', async () => {
    const response = await fixture.sendRequest('/api/users/Qwen/profile');
    expect(response.json()).toEqual({
      username: 'Qwen',
      full_name: 'Qwen Team',
      bio: null,
      website: null,
      social_media: null,
      created_at: null,
      _avatar_url: avatar('organizations/Qwen'),
      _hf_type: 'org',
      _hf_pro: false,
      _member_count: 3,
      _partial: true,
      ...tagsOf(0),
    });
    expect(requestedUrls(fixture, 0)[0]).toBe('/api/users/Qwen/overview');
    expect(requestedUrls(fixture, 0).slice(1).sort()).toEqual([
      '/api/organizations/Qwen/members',
      '/api/organizations/Qwen/overview',
    ]);
  });

  it.each([
    ['users/TheBloke', { type: 'user' }],
    ['users/Qwen', { type: 'org' }],
    ['users/acme', { type: 'org', _source: 'local' }],
    ['users/ALICE', { type: 'user', _source: 'local' }],
  ])('returns the type of %s', async (path, type) => {
    expect((await fixture.sendRequest(`/api/${path}/type`)).json()).toEqual({ _source: 'A', ...type });
  });

  it('serves accounts of a KohakuHub, requested with fallback=false', async () => {
    const response = await fixture.sendRequest('/api/users/kim/profile');
    expect(response.json()).toEqual({
      username: 'kim',
      full_name: 'Kim K.',
      bio: 'Hi',
      website: 'https://kim.example/',
      created_at: '2024-05-01T10:00:00',
      social_media: { github: 'kim' },
      _avatar_url: avatar('users/kim'),
      _hf_type: 'user',
      _hf_pro: false,
      ...tagsOf(1),
    });
    expect(requestedUrls(fixture, 1)).toEqual(['/api/users/kim/profile?fallback=false']);
    expect((await fixture.sendRequest('/api/organizations/kohaku/profile')).json()).toEqual({
      username: 'kohaku',
      full_name: 'kohaku',
      bio: 'A lab',
      website: null,
      social_media: null,
      name: 'kohaku',
      description: 'A lab',
      member_count: 7,
      _member_count: 7,
      created_at: '2024-05-02T10:00:00',
      _avatar_url: avatar('organizations/kohaku'),
      _hf_type: 'org',
      _hf_pro: false,
      ...tagsOf(1),
    });
    expect((await fixture.sendRequest('/api/organizations/kohaku/members')).json()).toMatchObject([{ user: 'kim' }]);
    expect(requestedUrls(fixture, 1).at(-1)).toBe('/org/kohaku/members?fallback=false');
  });

  it('returns overviews with the fields of huggingface.co', async () => {
    expect((await fixture.sendRequest('/api/users/TheBloke/overview')).json()).toEqual({
      _id: expect.any(String),
      user: 'TheBloke',
      fullname: 'Tom',
      type: 'user',
      isPro: true,
      isFollowing: false,
      avatarUrl: avatar('users/TheBloke'),
      createdAt: '2019-11-23T17:38:25.000Z',
      details: 'Quantizes',
      orgs: [],
      numModels: 3000,
      numFollowers: 3,
      numLikes: 1,
      _partial: true,
      ...tagsOf(0),
    });
    expect((await fixture.sendRequest('/api/organizations/qwen/overview')).json()).toEqual({
      _id: expect.any(String),
      name: 'Qwen',
      fullname: 'Qwen Team',
      isVerified: true,
      isFollowing: false,
      plan: 'team',
      avatarUrl: avatar('organizations/Qwen'),
      numUsers: 3,
      numModels: 400,
      _partial: true,
      ...tagsOf(0),
    });
    expect((await fixture.sendRequest('/api/users/kim/overview')).json()).toEqual({
      user: 'kim',
      fullname: 'Kim K.',
      type: 'user',
      isPro: false,
      isFollowing: false,
      avatarUrl: avatar('users/kim'),
      createdAt: '2024-05-01T10:00:00',
      details: 'Hi',
      ...tagsOf(1),
    });
    expect((await fixture.sendRequest('/api/users/bare/overview')).json()).toMatchObject({ avatarUrl: '' });
  });

  it.each([
    ['/api/users/Qwen/overview', 'This user does not exist'],
    ['/api/organizations/TheBloke/overview', 'This organization does not exist'],
    ['/api/organizations/TheBloke/profile', 'This organization does not exist'],
    ['/api/organizations/TheBloke/members', 'This organization does not exist'],
    ['/api/users/nobody/profile', 'This user does not exist'],
    ['/api/users/nobody/type', 'This user does not exist'],
    ['/api/organizations/nobody/overview', expect.any(String)],
  ])('returns 404 for %s', async (path, error) => {
    const response = await fixture.sendRequest(path);
    expect([response.status, response.json()]).toEqual([404, { error }]);
  });

  it.each([
    'users/acme/profile',
    'users/acme/overview',
    'organizations/alice/profile',
    'organizations/alice/members',
    'users/alice/profile',
    'users/alice/overview',
    'users/alice/type',
    'organizations/acme/profile',
    'organizations/acme/members',
    'users/alice/followers',
    'users/alice/likes',
    'organizations/acme/followers',
    'users/TheBloke/profile?fallback=false',
    'users/ours-secret/profile',
    'organizations/Qwen/members?fallback=off',
    'users/%2e%2e/profile',
    'users/a%2Fb/profile',
    'users/.x/overview',
    'users/a%3Fb/type',
  ])('does not send %s to sources', async (path) => {
    const response = await fixture.sendRequest(`/api/${path}`);
    expect([200, 404]).toContain(response.status);
    expectNoRequests(fixture);
  });

  it('serves local profiles in KohakuHub’s format', async () => {
    expect((await fixture.sendRequest('/api/users/Alice/profile')).json()).toEqual({
      username: 'alice',
      full_name: 'alice',
      bio: null,
      website: null,
      social_media: null,
      _source: 'local',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      _avatar_url: null,
    });
    expect((await fixture.sendRequest('/api/organizations/acme/profile')).json()).toMatchObject({
      name: 'acme',
      description: null,
      member_count: 1,
      _member_count: 1,
      username: 'acme',
      _source: 'local',
    });
    expect((await fixture.sendRequest('/org/acme/members')).json()).toEqual({
      members: [{ user: 'alice', role: 'admin' }],
    });
  });

  it('serves lists of an account from its source, in pages whose links point to the hub', async () => {
    const users: string[] = [];
    let next: string | undefined = '/api/users/thebloke/followers';
    for (let pages = 0; next !== undefined; pages++) {
      expect(pages).toBeLessThan(3);
      const response = await fixture.sendRequest(next);
      expect(response.headers).toMatchObject({ 'x-source': 'A' });
      for (const follower of response.json() as { user: string }[]) {
        expect(follower).toMatchObject({
          type: 'user',
          isFollowing: false,
          avatarUrl: avatar(`users/${follower.user}`),
        });
        users.push(follower.user);
      }
      const link = /^<([^>]+)>; rel="next"$/.exec(response.headers['link'] ?? '')?.[1];
      if (link) expect(link.startsWith(`${fixture.hub.url}/api/users/thebloke/followers?`)).toBe(true);
      next = link?.slice(fixture.hub.url.length);
    }
    expect(users).toEqual(['a', 'b', 'c']);
    expect((await fixture.sendRequest('/api/users/TheBloke/likes')).json()).toEqual([
      { createdAt: '2024-01-01T00:00:00.000Z', repo: { name: 'o/m', type: 'model' } },
    ]);
    expect((await fixture.sendRequest('/api/organizations/Qwen/members')).json()).toMatchObject([
      { user: 'x' },
      { user: 'y' },
    ]);
    const unknown = await fixture.sendRequest('/api/users/kim/followers');
    expect([unknown.status, unknown.json()]).toEqual([
      404,
      { error: 'The source B has no list of followers of "kim"' },
    ]);
    expect((await fixture.sendRequest('/api/users/alice/followers')).json()).toEqual([]);
  });

  it.each([
    ['/api/organizations/lab/members', 'Alice'],
    ['/api/users/zoe/followers', 'alice'],
  ])('marks the users of %s as those of the source, also if they have the name of a local user', async (path, name) => {
    expect((await fixture.sendRequest(path)).json()).toMatchObject([
      { user: name, ...tagsOf(0), _profile_url: `${fixture.sources[0]!.url}/${name}`, avatarUrl: '' },
      { user: 'kit', ...tagsOf(0), _profile_url: `${fixture.hub.url}/kit`, avatarUrl: avatar('users/kit') },
    ]);
  });

  it('marks the organizations of an external user as those of the source', async () => {
    const { orgs } = (await fixture.sendRequest('/api/users/zoe/overview')).json() as { orgs: unknown };
    const { url } = fixture.sources[0]!;
    expect(orgs).toEqual([
      {
        id: '1',
        name: 'Qwen',
        fullname: 'Qwen Team',
        ...tagsOf(0),
        _profile_url: `${fixture.hub.url}/Qwen`,
        avatarUrl: avatar('organizations/Qwen'),
      },
      {
        id: '2',
        name: 'ACME',
        fullname: 'Namesake of the local organization',
        ...tagsOf(0),
        _profile_url: `${url}/ACME`,
        avatarUrl: '',
      },
    ]);
  });

  it('marks users of a source that is not the first one for their name', async () => {
    expect((await fixture.sendRequest('/api/organizations/kohaku/members')).json()).toMatchObject([
      { user: 'kim', ...tagsOf(1), _profile_url: `${fixture.sources[1]!.url}/kim`, avatarUrl: '' },
    ]);
  });

  it('never sends the caller’s token, and each source’s token only to that source', async () => {
    for (const path of [
      'users/TheBloke/profile',
      'users/kim/overview',
      'users/nobody/type',
      'organizations/Qwen/members',
    ])
      await fixture.sendRequest(`/api/${path}`, { headers: alice.headers });
    const texts = fixture.sources.map(({ requests }) => requests.map(requestText).join('\n'));
    expect(texts.every((text) => text.length > 0)).toBe(true);
    expect(texts.join('')).not.toContain(alice.token);
    expect(texts.map((text) => ['A', 'B'].map((source) => text.includes(`TheTokenOfSource${source}`)))).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('serves a cached account without requests, at all routes', async () => {
    await fixture.sendRequest('/api/users/TheBloke/profile');
    await fixture.sendRequest('/api/organizations/Qwen/overview');
    fixture.sources.forEach((source) => source.forget());
    for (const path of [
      'users/TheBloke/overview',
      'users/TheBloke/type',
      'users/Qwen/profile',
      'organizations/Qwen/profile',
    ])
      expect((await fixture.sendRequest(`/api/${path}`)).status).toBe(200);
    expectNoRequests(fixture);
  });

  it('caches missing accounts too; clearing the cache or changing sources evicts all', async () => {
    const admin = adminClient(fixture.hub);
    const sendsRequests = async (): Promise<boolean> => {
      fixture.sources.forEach((source) => source.forget());
      await fixture.sendRequest('/api/users/nobody/profile');
      await fixture.sendRequest('/api/users/TheBloke/profile');
      return fixture.sources[0]!.requests.length > 0;
    };
    expect(await sendsRequests()).toBe(true);
    expect(await sendsRequests()).toBe(false);
    expect((await admin('GET', '/fallback-sources/cache/stats')).body).toMatchObject({
      answers_size: 2,
      answers_bytes: expect.any(Number),
    });
    await admin('DELETE', '/fallback-sources/cache/clear');
    expect((await admin('GET', '/fallback-sources/cache/stats')).body).toMatchObject({
      answers_size: 0,
      answers_bytes: 0,
    });
    expect(await sendsRequests()).toBe(true);
    const created = await admin('POST', '/fallback-sources', {
      name: 'C',
      url: fixture.sources[0]!.url,
      source_type: 'huggingface',
      priority: 9,
    });
    expect(created.status).toBe(201);
    expect(await sendsRequests()).toBe(true);
    await admin('DELETE', `/fallback-sources/${(created.body as { id: number }).id}`);
  });

  it('sends one request for 100 concurrent ones', async () => {
    let open = (): void => {};
    const before = fixture.sources[0]!.reply;
    fixture.sources[0]!.reply = afterGate(new Promise<void>((resolve) => (open = resolve)), before);
    const all = Array.from({ length: 100 }, () => fixture.sendRequest('/api/users/TheBloke/profile'));
    await fixture.sources[0]!.waitFor(1);
    open();
    const response = await Promise.all(all);
    fixture.sources[0]!.reply = before;
    expect(new Set(response.map(({ status }) => status))).toEqual(new Set([200]));
    expect(requestedUrls(fixture, 0)).toEqual(['/api/users/TheBloke/overview']);
  });

  it('includes the requests in X-Fallback-Trace for administrators', async () => {
    const headers = { 'x-admin-token': fixture.hub.adminToken, 'x-fallback-trace': '1' };
    const traceOf = async (path: string) => {
      const response = await fixture.sendRequest(path, { headers });
      return JSON.parse(Buffer.from(response.headers['x-fallback-trace']!, 'base64').toString()) as { path: string }[];
    };
    expect((await traceOf('/api/users/kim/profile')).map(({ path }) => path)).toEqual([
      '/api/users/kim/overview',
      '/api/organizations/kim/members',
      '/api/organizations/kim/overview',
      '/api/users/kim/profile?fallback=false',
    ]);
    expect(await traceOf('/api/users/nobody/profile')).toHaveLength(5);
    expect((await fixture.sendRequest('/api/users/kim/profile')).headers['x-fallback-trace']).toBeUndefined();
  });
});

describe('a source', () => {
  let fixture: HubWithSources;
  beforeAll(async () => {
    fixture = await startHubWithSources([hang(), hang()], {
      env: {
        KOHAKU_HUB_FALLBACK_TIMEOUT: '0.4',
        KOHAKU_HUB_FALLBACK_HEDGE_MS: '20',
        KOHAKU_HUB_FALLBACK_SOURCES: '[]',
      },
    });
  });
  afterAll(() => fixture.close());

  /** Replaces the sources by new ones with these replies, whose circuit breakers are closed. */
  async function replaceSources(...replies: Responder[]): Promise<void> {
    const sources = replies.map((reply, n) => {
      fixture.sources[n]!.reply = reply;
      return { name: 'AB'[n], url: fixture.sources[n]!.url, source_type: 'huggingface', priority: n + 1 };
    });
    await adminClient(fixture.hub)('PUT', '/fallback/sources-bulk-replace', { sources });
  }

  const missing = json(404, { error: 'This user does not exist' });
  const signIn = json(401, { error: 'Invalid username or password.' });
  const user: Responder = profilesResponder({ users: { someone: {} } });

  it.each([
    ['returns 503', json(503, {}), missing, 503],
    ['returns 500', json(500, {}), missing, 502],
    ['returns 504', json(504, {}), missing, 504],
    ['resets the connection', reset(), missing, 502],
    ['times out', hang(), missing, 504],
    ['serves its login page', html(), missing, 502],
    ['limits the rate', json(429, {}, { 'retry-after': '7' }), missing, 429],
    ['returns 403', json(403, {}), missing, 403],
    ['returns 401, as huggingface.co does for unknown names', signIn, missing, 404],
    ['returns a list', json(200, []), missing, 502],
    ['returns 503, and the next one has the user', json(503, {}), user, 200],
    ['returns 401, and the next one has the user', signIn, user, 200],
    ['returns 403, and the next one has the user', json(403, {}), user, 200],
    [
      'rejects its token, and the next one has the user',
      json(401, { error: 'Invalid credentials in Authorization header' }),
      user,
      200,
    ],
    ['times out, and the next one has the user', hang(), user, 200],
    ['serves its login page, and the next one has the user', html(), user, 200],
  ])('%s', async (_, first, second, status) => {
    await replaceSources(first, second);
    const response = await fixture.sendRequest('/api/users/someone/profile');
    expect([response.status, response.json()]).toEqual([
      status,
      expect.objectContaining(status === 200 ? { _source: 'B' } : {}),
    ]);
    if (status === 429) expect(response.headers['retry-after']).toBe('7');
  });

  it('is requested again after a failure', async () => {
    await replaceSources(json(500, {}));
    expect((await fixture.sendRequest('/api/users/someone/profile')).status).toBe(502);
    fixture.sources[0]!.reply = user;
    expect((await fixture.sendRequest('/api/users/someone/profile')).status).toBe(200);
  });

  it('recognizes an organization by its overview or its member list', async () => {
    const complete = profilesResponder({ organizations: { lab: { fullname: 'The Lab', members: ['x', 'y'] } } });
    const without =
      (path: string): Responder =>
      (response, request) =>
        (request.url.includes(path) ? missing : complete)(response, request);
    await replaceSources(without('/overview'));
    expect((await fixture.sendRequest('/api/users/lab/profile')).json()).toMatchObject({
      _hf_type: 'org',
      full_name: 'lab',
      _member_count: 2,
      _avatar_url: null,
    });
    await replaceSources(without('/members'));
    expect((await fixture.sendRequest('/api/users/lab/profile')).json()).toMatchObject({
      _hf_type: 'org',
      full_name: 'The Lab',
    });
  });
});

describe('the sources of an account', () => {
  it('are limited by namespace, sign-in and repository patterns', async () => {
    const anyUser: Responder = (response, request) =>
      json(200, { user: /users\/([^/]+)/.exec(request.url)?.[1], fullname: 'x' })(response, request);
    const facts = [
      { namespace: 'team' },
      { require_auth: true },
      { include: ['lab/*'], name: 'Lab' },
      { exclude: ['secret-*/*', 'model:mixed/*', 'partly/x*'], name: 'Open' },
    ];
    const fixture = await openHub([anyUser, anyUser, anyUser, anyUser], { facts });
    const ann = await createTestUser(fixture.hub, 'ann');
    const sourceOf = async (name: string, user?: TestUser): Promise<unknown> =>
      (
        (await fixture.sendRequest(`/api/users/${name}/profile`, { headers: user?.headers })).json() as {
          _source?: string;
        }
      )._source;
    expect(await sourceOf('Team')).toBe('A');
    expect(await sourceOf('someone')).toBe('Open');
    expect(await sourceOf('someone', ann)).toBe('B');
    expect(await sourceOf('someone')).toBe('Open');
    expect(await sourceOf('lab')).toBe('Lab');
    expect(await sourceOf('mixed')).toBe('Open');
    expect(await sourceOf('partly')).toBe('Open');
    expect(await sourceOf('secret-project')).toBeUndefined();
  });

  it('have malformed fields of their responses removed', async () => {
    const fixture = await openHub([
      json(200, {
        user: 'alice',
        fullname: { evil: true },
        avatarUrl: ['x'],
        createdAt: 'soon',
        isPro: 'yes',
        details: 5,
        orgs: [{ name: 7 }, null, { name: 'real', id: {} }],
        numModels: '<b>',
        numFollowers: -1,
        email: 'x@y.z',
      }),
    ]);
    const { url } = fixture.sources[0]!;
    expect((await fixture.sendRequest('/api/users/mallory/overview')).json()).toEqual({
      user: 'mallory',
      fullname: 'mallory',
      type: 'user',
      isPro: false,
      isFollowing: false,
      avatarUrl: '',
      _source: 'A',
      _source_url: url,
      _partial: true,
      orgs: [expect.objectContaining({ id: '', name: 'real', fullname: 'real' })],
    });
  });

  it('receive one request if the hub is its own source', async () => {
    const fixture = await openHub([]);
    const admin = adminClient(fixture.hub);
    for (const source_type of ['huggingface', 'kohakuhub']) {
      const created = await admin('POST', '/fallback-sources', { name: 'itself', url: fixture.hub.url, source_type });
      const response = await fixture.sendRequest('/api/users/someone/profile');
      expect([response.status, response.json()]).toEqual([404, { error: 'This user does not exist' }]);
      await admin('DELETE', `/fallback-sources/${(created.body as { id: number }).id}`);
    }
  });
});
