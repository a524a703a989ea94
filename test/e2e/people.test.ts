import { adminClient } from '../support/admin-client.js';
import { peopleReply } from '../support/fake-people.js';
import { after, hang, html, json, reset } from '../support/fake-replies.js';
import { wholeText, type Responder } from '../support/fake-upstream.js';
import { hubsOfEachTest, hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { organization, person, type Person } from '../support/people.js';

const openHub = hubsOfEachTest();

const huggingFace = peopleReply({
  users: {
    TheBloke: {
      fullname: 'Tom',
      isPro: true,
      numModels: 3000,
      details: 'Quantizes',
      followers: ['a', 'b', 'c'],
      likes: ['o/m'],
    },
    alice: { fullname: 'Not the one here' },
    bare: { avatarUrl: null },
  },
  organizations: {
    Qwen: { fullname: 'Qwen Team', isVerified: true, numModels: 400, members: ['x', 'y', 'z'] },
    acme: { members: ['stranger'] },
  },
  pageSize: 2,
});

/** KohakuHub's own profiles. */
const kohakuHub: Responder = (response, request) => {
  const path = request.url.split('?')[0];
  if (path === '/api/users/kim/profile')
    return json(200, {
      ...{
        username: 'kim',
        full_name: 'Kim K.',
        bio: 'Hi',
        website: 'https://kim.example',
        created_at: '2024-05-01T10:00:00',
      },
      ...{ social_media: { github: 'kim', threads: 'javascript:alert(1)' }, _source: 'local' },
    })(response, request);
  if (path === '/api/organizations/kohaku/profile')
    return json(200, {
      ...{ name: 'kohaku', description: 'A lab', bio: null, website: 'javascript:alert(1)', social_media: null },
      ...{ member_count: 7, created_at: '2024-05-02T10:00:00' },
    })(response, request);
  if (path === '/org/kohaku/members')
    return json(200, { members: [{ user: 'kim', role: 'admin' }] })(response, request);
  return json(404, { detail: 'User not found' })(response, request);
};

const urlsOf = (stage: HubWithSources, n: number): string[] => stage.sources[n]!.requests.map(({ url }) => url);
const nothingAsked = (stage: HubWithSources): void =>
  expect(stage.sources.flatMap(({ requests }) => requests)).toEqual([]);

describe('people of two sources', () => {
  let stage: HubWithSources;
  let alice: Person;
  beforeAll(async () => {
    stage = await hubWithSources([huggingFace, kohakuHub], {
      facts: [{ token: 'hf_TheTokenOfSourceA' }, { token: 'hf_TheTokenOfSourceB', source_type: 'kohakuhub' }],
      env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'ours-*' },
    });
    alice = await person(stage.hub, 'alice');
    await organization(stage.hub, 'acme', { alice: 'admin' });
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    await adminClient(stage.hub)('DELETE', '/fallback-sources/cache/clear');
    stage.sources.forEach((source) => source.forget());
  });

  const avatar = (path: string): string => `${stage.hub.url}/api/${path}/avatar`;
  const tagsOf = (n: number) => ({ _source: 'AB'[n], _source_url: stage.sources[n]!.url });

  it('a user of huggingface.co, in whatever case', async () => {
    const told = await stage.ask('/api/users/thebloke/profile');
    expect([told.status, told.json()]).toEqual([
      200,
      {
        ...{ username: 'TheBloke', full_name: 'Tom', bio: 'Quantizes', website: null, social_media: null },
        ...{ created_at: '2019-11-23T17:38:25.000Z', _avatar_url: avatar('users/TheBloke') },
        ...{ _hf_type: 'user', _hf_pro: true, _partial: true, ...tagsOf(0) },
      },
    ]);
    expect(urlsOf(stage, 1)).toEqual([]);
  });

  it('an organization of huggingface.co is told by its members, and named by its overview', async () => {
    const told = await stage.ask('/api/users/Qwen/profile');
    expect(told.json()).toEqual({
      ...{ username: 'Qwen', full_name: 'Qwen Team', bio: null, website: null, social_media: null, created_at: null },
      ...{ _avatar_url: avatar('organizations/Qwen'), _hf_type: 'org', _hf_pro: false, _member_count: 3 },
      ...{ _partial: true, ...tagsOf(0) },
    });
    expect(urlsOf(stage, 0)[0]).toBe('/api/users/Qwen/overview');
    expect(urlsOf(stage, 0).slice(1).sort()).toEqual([
      '/api/organizations/Qwen/members',
      '/api/organizations/Qwen/overview',
    ]);
  });

  it.each([
    ['users/TheBloke', { type: 'user' }],
    ['users/Qwen', { type: 'org' }],
    ['users/acme', { type: 'org', _source: 'local' }],
    ['users/ALICE', { type: 'user', _source: 'local' }],
  ])('what %s is', async (path, type) => {
    expect((await stage.ask(`/api/${path}/type`)).json()).toEqual({ _source: 'A', ...type });
  });

  it('accounts of a KohakuHub, asked for its own', async () => {
    const told = await stage.ask('/api/users/kim/profile');
    expect(told.json()).toEqual({
      ...{
        username: 'kim',
        full_name: 'Kim K.',
        bio: 'Hi',
        website: 'https://kim.example/',
        created_at: '2024-05-01T10:00:00',
      },
      ...{
        social_media: { github: 'kim' },
        _avatar_url: avatar('users/kim'),
        _hf_type: 'user',
        _hf_pro: false,
        ...tagsOf(1),
      },
    });
    expect(urlsOf(stage, 1)).toEqual(['/api/users/kim/profile?fallback=false']);
    expect((await stage.ask('/api/organizations/kohaku/profile')).json()).toEqual({
      ...{ username: 'kohaku', full_name: 'kohaku', bio: 'A lab', website: null, social_media: null },
      ...{ name: 'kohaku', description: 'A lab', member_count: 7, _member_count: 7, created_at: '2024-05-02T10:00:00' },
      ...{ _avatar_url: avatar('organizations/kohaku'), _hf_type: 'org', _hf_pro: false, ...tagsOf(1) },
    });
    expect((await stage.ask('/api/organizations/kohaku/members')).json()).toMatchObject([{ user: 'kim' }]);
    expect(urlsOf(stage, 1).at(-1)).toBe('/org/kohaku/members?fallback=false');
  });

  it('overviews have huggingface.co’s shape', async () => {
    expect((await stage.ask('/api/users/TheBloke/overview')).json()).toEqual({
      ...{ _id: expect.any(String), user: 'TheBloke', fullname: 'Tom', type: 'user', isPro: true, isFollowing: false },
      ...{ avatarUrl: avatar('users/TheBloke'), createdAt: '2019-11-23T17:38:25.000Z', details: 'Quantizes', orgs: [] },
      ...{ numModels: 3000, numFollowers: 3, numLikes: 1, _partial: true, ...tagsOf(0) },
    });
    expect((await stage.ask('/api/organizations/qwen/overview')).json()).toEqual({
      ...{ _id: expect.any(String), name: 'Qwen', fullname: 'Qwen Team', isVerified: true, isFollowing: false },
      ...{ plan: 'team', avatarUrl: avatar('organizations/Qwen'), details: '', numUsers: 3, numModels: 400 },
      ...{ _partial: true, ...tagsOf(0) },
    });
    expect((await stage.ask('/api/users/kim/overview')).json()).toMatchObject({
      user: 'kim',
      fullname: 'Kim K.',
      type: 'user',
    });
    expect((await stage.ask('/api/users/bare/overview')).json()).toMatchObject({ avatarUrl: '' });
  });

  it.each([
    ['/api/users/Qwen/overview', 'This user does not exist'],
    ['/api/organizations/TheBloke/overview', 'This organization does not exist'],
    ['/api/organizations/TheBloke/profile', 'This organization does not exist'],
    ['/api/organizations/TheBloke/members', 'This organization does not exist'],
    ['/api/users/nobody/profile', 'This user does not exist'],
    ['/api/users/nobody/type', 'This user does not exist'],
    ['/api/organizations/nobody/overview', expect.any(String)],
  ])('%s is not there', async (path, error) => {
    const told = await stage.ask(path);
    expect([told.status, told.json()]).toEqual([404, { error }]);
  });

  it.each([
    ...['users/acme/profile', 'users/acme/overview', 'organizations/alice/profile', 'organizations/alice/members'],
    ...['users/alice/profile', 'users/alice/overview', 'users/alice/type', 'organizations/acme/profile'],
    ...['organizations/acme/members', 'users/alice/followers', 'users/alice/likes', 'organizations/acme/followers'],
    ...[
      'users/TheBloke/profile?fallback=false',
      'users/ours-secret/profile',
      'organizations/Qwen/members?fallback=off',
    ],
    ...['users/%2e%2e/profile', 'users/a%2Fb/profile', 'users/.x/overview', 'users/a%3Fb/type'],
  ])('%s never leaves the hub', async (path) => {
    const told = await stage.ask(`/api/${path}`);
    expect([200, 404]).toContain(told.status);
    nothingAsked(stage);
  });

  it('the hub’s own profiles, in KohakuHub’s spelling', async () => {
    expect((await stage.ask('/api/users/Alice/profile')).json()).toEqual({
      ...{ username: 'alice', full_name: 'alice', bio: null, website: null, social_media: null, _source: 'local' },
      ...{ created_at: expect.stringMatching(/^\d{4}-.*Z$/), _avatar_url: null },
    });
    expect((await stage.ask('/api/organizations/acme/profile')).json()).toMatchObject({
      ...{ name: 'acme', description: null, member_count: 1, _member_count: 1, username: 'acme', _source: 'local' },
    });
    expect((await stage.ask('/org/acme/members')).json()).toEqual({ members: [{ user: 'alice', role: 'admin' }] });
  });

  it('lists of people come from the account’s own source, page by page along Links of this hub', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/api/users/thebloke/followers';
    for (let pages = 0; next !== undefined; pages++) {
      expect(pages).toBeLessThan(3);
      const told = await stage.ask(next);
      expect(told.headers).toMatchObject({ 'x-source': 'A' });
      for (const one of told.json() as { user: string }[]) {
        expect(one).toMatchObject({ type: 'user', isFollowing: false, avatarUrl: avatar(`users/${one.user}`) });
        seen.push(one.user);
      }
      const link = /^<([^>]+)>; rel="next"$/.exec(told.headers['link'] ?? '')?.[1];
      if (link) expect(link.startsWith(`${stage.hub.url}/api/users/thebloke/followers?`)).toBe(true);
      next = link?.slice(stage.hub.url.length);
    }
    expect(seen).toEqual(['a', 'b', 'c']);
    expect((await stage.ask('/api/users/TheBloke/likes')).json()).toEqual([
      { createdAt: '2024-01-01T00:00:00.000Z', repo: { name: 'o/m', type: 'model' } },
    ]);
    expect((await stage.ask('/api/organizations/Qwen/members')).json()).toMatchObject([{ user: 'x' }, { user: 'y' }]);
    const unknown = await stage.ask('/api/users/kim/followers');
    expect([unknown.status, unknown.json()]).toEqual([
      404,
      { error: 'The source B keeps no list of followers of "kim"' },
    ]);
    expect((await stage.ask('/api/users/alice/followers')).json()).toEqual([]);
  });

  it('the caller’s token goes nowhere, a source’s own only there', async () => {
    for (const path of [
      'users/TheBloke/profile',
      'users/kim/overview',
      'users/nobody/type',
      'organizations/Qwen/members',
    ])
      await stage.ask(`/api/${path}?token=${alice.token}`, { headers: alice.headers });
    const texts = stage.sources.map(({ requests }) => requests.map(wholeText).join('\n'));
    expect(texts.every((text) => text.length > 0)).toBe(true);
    expect(texts.join('')).not.toContain(alice.token);
    expect(texts.map((text) => ['A', 'B'].map((source) => text.includes(`TheTokenOfSource${source}`)))).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('a remembered account costs no question, in whatever case and at whichever address', async () => {
    await stage.ask('/api/users/TheBloke/profile');
    await stage.ask('/api/organizations/Qwen/overview');
    stage.sources.forEach((source) => source.forget());
    for (const path of [
      'users/thebloke/overview',
      'users/THEBLOKE/type',
      'users/qwen/profile',
      'organizations/QWEN/profile',
    ])
      expect((await stage.ask(`/api/${path}`)).status).toBe(200);
    nothingAsked(stage);
  });

  it('that nobody knows a name is remembered too; clearing the cache and changing sources forget both', async () => {
    const admin = adminClient(stage.hub);
    const asksAgain = async (): Promise<boolean> => {
      stage.sources.forEach((source) => source.forget());
      await stage.ask('/api/users/nobody/profile');
      await stage.ask('/api/users/TheBloke/profile');
      return stage.sources[0]!.requests.length > 0;
    };
    expect(await asksAgain()).toBe(true);
    expect(await asksAgain()).toBe(false);
    expect((await admin('GET', '/fallback-sources/cache/stats')).body).toMatchObject({
      answers_size: 2,
      answers_bytes: expect.any(Number),
    });
    await admin('DELETE', '/fallback-sources/cache/clear');
    expect((await admin('GET', '/fallback-sources/cache/stats')).body).toMatchObject({
      answers_size: 0,
      answers_bytes: 0,
    });
    expect(await asksAgain()).toBe(true);
    const made = await admin('POST', '/fallback-sources', {
      name: 'C',
      url: stage.sources[0]!.url,
      source_type: 'huggingface',
      priority: 9,
    });
    expect(made.status).toBe(201);
    expect(await asksAgain()).toBe(true);
    await admin('DELETE', `/fallback-sources/${(made.body as { id: number }).id}`);
  });

  it('a hundred who ask at once share one question', async () => {
    let open = (): void => {};
    const before = stage.sources[0]!.reply;
    stage.sources[0]!.reply = after(new Promise<void>((resolve) => (open = resolve)), before);
    const all = Array.from({ length: 100 }, () => stage.ask('/api/users/TheBloke/profile'));
    await stage.sources[0]!.waitFor(1);
    open();
    const told = await Promise.all(all);
    stage.sources[0]!.reply = before;
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]));
    expect(urlsOf(stage, 0)).toEqual(['/api/users/TheBloke/overview']);
  });

  it('an administrator may see who was asked', async () => {
    const headers = { 'x-admin-token': stage.hub.adminToken, 'x-fallback-trace': '1' };
    const traceOf = async (path: string) => {
      const told = await stage.ask(path, { headers });
      return JSON.parse(Buffer.from(told.headers['x-fallback-trace']!, 'base64').toString()) as { path: string }[];
    };
    expect((await traceOf('/api/users/kim/profile')).map(({ path }) => path)).toEqual([
      ...['/api/users/kim/overview', '/api/organizations/kim/members', '/api/organizations/kim/overview'],
      '/api/users/kim/profile?fallback=false',
    ]);
    expect(await traceOf('/api/users/nobody/profile')).toHaveLength(5);
    expect((await stage.ask('/api/users/kim/profile')).headers['x-fallback-trace']).toBeUndefined();
  });
});

describe('when sources fail', () => {
  let stage: HubWithSources;
  beforeAll(async () => {
    stage = await hubWithSources([hang(), hang()], {
      env: {
        KOHAKU_HUB_FALLBACK_TIMEOUT: '0.4',
        KOHAKU_HUB_FALLBACK_HEDGE_MS: '20',
        KOHAKU_HUB_FALLBACK_SOURCES: '[]',
      },
    });
  });
  afterAll(() => stage.close());

  /** New sources, of which no breaker has heard, that answer so. */
  async function ask(...replies: Responder[]): Promise<void> {
    const sources = replies.map((reply, n) => {
      stage.sources[n]!.reply = reply;
      return { name: 'AB'[n], url: stage.sources[n]!.url, source_type: 'huggingface', priority: n + 1 };
    });
    await adminClient(stage.hub)('PUT', '/fallback/sources-bulk-replace', { sources });
  }

  const missing = json(404, { error: 'This user does not exist' });
  const user: Responder = peopleReply({ users: { someone: {} } });

  it.each([
    ['is down', json(503, {}), missing, 503],
    ['is broken', json(500, {}), missing, 502],
    ['gives up', json(504, {}), missing, 504],
    ['breaks off', reset(), missing, 502],
    ['says nothing', hang(), missing, 504],
    ['shows its log-in page', html(), missing, 502],
    ['limits us', json(429, {}, { 'retry-after': '7' }), missing, 429],
    ['forbids', json(403, {}), missing, 403],
    ['wants credentials, as huggingface.co does of who it does not know', json(401, {}), missing, 404],
    ['answers with a list', json(200, []), missing, 502],
    ['is down, and the next one knows', json(503, {}), user, 200],
    ['wants credentials, and the next one knows', json(401, {}), user, 200],
    ['forbids, and the next one knows', json(403, {}), user, 200],
    [
      'rejects its token, and the next one knows',
      json(401, { error: 'Invalid credentials in Authorization header' }),
      user,
      200,
    ],
    ['says nothing, and the next one knows', hang(), user, 200],
    ['shows its log-in page, and the next one knows', html(), user, 200],
  ])('one that %s', async (_, first, second, status) => {
    await ask(first, second);
    const told = await stage.ask('/api/users/someone/profile');
    expect([told.status, told.json()]).toEqual([
      status,
      expect.objectContaining(status === 200 ? { _source: 'B' } : {}),
    ]);
    if (status === 429) expect(told.headers['retry-after']).toBe('7');
  });

  it('down is not remembered', async () => {
    await ask(json(500, {}));
    expect((await stage.ask('/api/users/someone/profile')).status).toBe(502);
    stage.sources[0]!.reply = user;
    expect((await stage.ask('/api/users/someone/profile')).status).toBe(200);
  });

  it('an organization without an overview, or without a member list, is one all the same', async () => {
    const whole = peopleReply({ organizations: { lab: { fullname: 'The Lab', members: ['x', 'y'] } } });
    const without =
      (path: string): Responder =>
      (response, request) =>
        (request.url.includes(path) ? missing : whole)(response, request);
    await ask(without('/overview'));
    expect((await stage.ask('/api/users/lab/profile')).json()).toMatchObject({
      ...{ _hf_type: 'org', full_name: 'lab', _member_count: 2, _avatar_url: null },
    });
    await ask(without('/members'));
    expect((await stage.ask('/api/users/lab/profile')).json()).toMatchObject({ _hf_type: 'org', full_name: 'The Lab' });
  });
});

describe('whom a source may be asked about', () => {
  it('a namespace’s own source, signed-in callers’ and patterns of repositories count', async () => {
    const everybody: Responder = (response, request) =>
      json(200, { user: /users\/([^/]+)/.exec(request.url)?.[1], fullname: 'x' })(response, request);
    const facts = [
      { namespace: 'team' },
      { require_auth: true },
      { include: ['lab/*'], name: 'Lab' },
      { exclude: ['secret-*/*', 'model:mixed/*', 'partly/x*'], name: 'Open' },
    ];
    const stage = await openHub([everybody, everybody, everybody, everybody], { facts });
    const ann = await person(stage.hub, 'ann');
    const answering = async (name: string, who?: Person): Promise<unknown> =>
      ((await stage.ask(`/api/users/${name}/profile`, { headers: who?.headers })).json() as { _source?: string })
        ._source;
    expect(await answering('Team')).toBe('A');
    expect(await answering('someone')).toBe('Open');
    expect(await answering('someone', ann)).toBe('B');
    expect(await answering('someone')).toBe('Open');
    expect(await answering('lab')).toBe('Lab');
    expect(await answering('mixed')).toBe('Open');
    expect(await answering('partly')).toBe('Open');
    expect(await answering('secret-project')).toBeUndefined();
  });

  it('hostile answers are made harmless', async () => {
    const stage = await openHub([
      json(200, {
        ...{ user: 'alice', fullname: { evil: true }, avatarUrl: ['x'], createdAt: 'soon', isPro: 'yes', details: 5 },
        ...{ orgs: [{ name: 7 }, null, { name: 'real', id: {} }], numModels: '<b>', numFollowers: -1, email: 'x@y.z' },
      }),
    ]);
    const { url } = stage.sources[0]!;
    expect((await stage.ask('/api/users/mallory/overview')).json()).toEqual({
      ...{ _id: '', user: 'mallory', fullname: 'mallory', type: 'user', isPro: false, isFollowing: false },
      ...{ avatarUrl: '', details: '', _source: 'A', _source_url: url, _partial: true },
      orgs: [{ id: '', name: 'real', fullname: 'real', avatarUrl: `${stage.hub.url}/api/organizations/real/avatar` }],
    });
  });

  it('a hub that is its own source is asked once', async () => {
    const stage = await openHub([]);
    const admin = adminClient(stage.hub);
    for (const source_type of ['huggingface', 'kohakuhub']) {
      const made = await admin('POST', '/fallback-sources', { name: 'itself', url: stage.hub.url, source_type });
      const told = await stage.ask('/api/users/someone/profile');
      expect([told.status, told.json()]).toEqual([404, { error: 'This user does not exist' }]);
      await admin('DELETE', `/fallback-sources/${(made.body as { id: number }).id}`);
    }
  });
});
