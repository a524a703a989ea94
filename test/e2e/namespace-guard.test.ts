import { DataSource } from 'typeorm';
import { INSTANCE_ID } from '../../src/platform/identity/instance-id.js';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { bytes, hang, html, json, redirect, reset, text } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import {
  disabledRepo,
  gatedForAccount,
  gatedRepo,
  hasRepo,
  missingForAnonymous,
  missingRepo,
  namesSource,
} from '../support/guarded-names.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import type { HttpResponse } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const PASSWORD = 'correct horse battery';
const badToken = json(401, { error: 'Invalid credentials in Authorization header' });
const revisionMissing = json(404, { error: 'Invalid rev id' }, { 'x-error-code': 'RevisionNotFound' });

/** Replies of the source to requests about a model of alice, by its name. */
const EXISTS: Readonly<Record<string, Responder>> = {
  taken: hasRepo,
  Upper: hasRepo,
  gated: gatedRepo,
  'gated-for-account': gatedForAccount,
  disabled: disabledRepo,
  renamed: redirect(307, '/api/models/alice/taken'),
  'without-main': revisionMissing,
};
const FREE: Readonly<Record<string, Responder>> = { missing: missingRepo, 'anonymous-401': missingForAnonymous };
/** No definitive answers. A success is between them, so that the circuit breaker stays closed. */
const UNKNOWN: Readonly<Record<string, Responder>> = {
  forbidden: json(403, { error: 'Request blocked' }),
  broken: bytes(500, 'out of order'),
  limited: json(429, { error: 'Too many requests' }),
  unreachable: reset(),
  'sign-in-page': html(),
  'page-of-a-proxy': text(404, 'default backend - 404'),
  'api-gateway': json(401, { error: 'x' }),
  silent: hang(),
};

/** The rest of the message in strict mode. */
const PROBLEMS: Readonly<Record<string, string>> = {
  forbidden: 'denied access (HTTP 403). An administrator must check its token and its network rules.',
  broken: 'returned an error (HTTP 500).',
  limited: 'limits the requests of this hub.',
  unreachable: 'failed. The connection failed',
  'sign-in-page': 'failed. It responded with a web page instead of JSON.',
  'page-of-a-proxy': 'returned an error (HTTP 404).',
  'api-gateway': 'returned an error (HTTP 401).',
  silent: 'failed. It did not respond in time.',
};

const ofAlice = (replies: Readonly<Record<string, Responder>>): Record<string, Responder> =>
  Object.fromEntries(Object.entries(replies).map(([name, reply]) => [`models/alice/${name}`, reply]));

const REPLIES: Readonly<Record<string, Responder>> = {
  ...ofAlice({ ...EXISTS, ...FREE, ...UNKNOWN }),
  'datasets/alice/rows': hasRepo,
  'spaces/acme/demo': hasRepo,
  ...Object.fromEntries(
    ['', 0, 1, 2].flatMap((n) => [
      [`organizations/openai-community${n}/members`, json(200, [])],
      [`models/acme${n}/taken`, hasRepo],
    ]),
  ),
  'organizations/profile-only/overview': json(200, { name: 'profile-only', fullname: 'Profile only' }),
  'users/karpathy/overview': json(200, { user: 'karpathy', type: 'user' }),
};

interface Fixture {
  readonly hub: HubWithSources;
  readonly admin: AdminClient;
  readonly alice: TestUser;
}

async function startGuarded(env: Record<string, string>, facts: object = {}): Promise<Fixture> {
  const hub = await startHubWithSources([namesSource(REPLIES)], {
    facts: [{ name: 'HuggingFace', ...facts }],
    env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '2', ...env },
  });
  const alice = await createTestUser(hub.hub, 'alice');
  await createTestOrganization(hub.hub, 'acme', { alice: 'admin' });
  return { hub, admin: adminClient(hub.hub), alice };
}

type Headers = Readonly<Record<string, string>>;

const post = ({ hub }: Fixture, path: string, body: object, headers: Headers = {}): Promise<HttpResponse> =>
  hub.sendRequest(path, { method: 'POST', json: body, headers });
const create = (fixture: Fixture, body: object, headers: Headers = {}): Promise<HttpResponse> =>
  post(fixture, '/api/repos/create', body, { ...fixture.alice.headers, ...headers });
const move = (fixture: Fixture, fromRepo: string, toRepo: string, headers: Headers = {}): Promise<HttpResponse> =>
  post(fixture, '/api/repos/move', { fromRepo, toRepo }, { ...fixture.alice.headers, ...headers });
const register = (fixture: Fixture, username: string, headers: Headers = {}): Promise<HttpResponse> =>
  post(fixture, '/api/auth/register', { username, password: PASSWORD }, headers);
const asAdmin = ({ hub }: Fixture): Headers => ({ 'x-admin-token': hub.hub.adminToken });
const sentTo = ({ hub }: Fixture): string[] => hub.sources[0]!.requests.map(({ url }) => url);

const statusAndError = (response: HttpResponse): [number, unknown] => [
  response.status,
  response.status === 200 ? undefined : (response.json() as { error: string }).error,
];
const EXISTS_MESSAGE = /^The \w+ "[\w./-]+" exists at HuggingFace\. An administrator can .+\.$/;
const expectConflict = (response: HttpResponse): void => {
  expect(statusAndError(response)).toEqual([409, expect.stringMatching(EXISTS_MESSAGE)]);
  expect(response.headers['x-error-message']).toBe((response.json() as { error: string }).error);
};

const expectExternal = (response: HttpResponse): void =>
  expect(statusAndError(response)).toEqual([501, expect.stringContaining('belongs to the source "HuggingFace"')]);

/** `[name_state, shadowed_source]` in the administrator's list. */
async function listedAs({ admin }: Fixture, id: string, type = 'model'): Promise<unknown> {
  const { body } = await admin('GET', `/repositories?type=${type}&search=${id}`);
  const listed = (body as { repositories: { id: string; name_state: string; shadowed_source: string }[] }).repositories;
  const found = listed.find((entry) => entry.id === id);
  return found && [found.name_state, found.shadowed_source];
}
async function accountListedAs({ admin }: Fixture, name: string): Promise<unknown> {
  const { body } = await admin('GET', `/accounts/${name}`);
  const { name_state: state, shadowed_source: source } = body as { name_state: string; shadowed_source: string };
  return [state, source];
}

describe('the namespace guard', () => {
  let on: Fixture;
  beforeAll(async () => {
    on = await startGuarded({});
    for (const name of ['mine', 'other', 'third']) await create(on, { name });
  });
  afterAll(() => on.hub.close());
  beforeEach(() => on.hub.sources[0]!.forget());

  describe('creating a repository', () => {
    it.each(Object.keys(EXISTS))('fails if the source has it: %s', async (name) => {
      expectConflict(await create(on, { name }));
      expect(await listedAs(on, `alice/${name}`)).toBeUndefined();
    });

    it.each(Object.keys(FREE))('succeeds if the source does not have it: %s', async (name) => {
      expect((await create(on, { name })).status).toBe(200);
      expect(await listedAs(on, `alice/${name}`)).toEqual(['free', null]);
    });

    it.each(Object.keys(UNKNOWN))('succeeds if the source cannot be asked, and is listed: %s', async (name) => {
      expect((await create(on, { name })).status).toBe(200);
      expect(await listedAs(on, `alice/${name}`)).toEqual(['unverified', null]);
    });

    it.each([
      ['a full id', { name: 'alice/taken' }],
      ['an organization', { name: 'taken', organization: 'acme' }],
      ['another case', { name: 'ACME/taken' }],
      ['another case of the name', { name: 'Taken' }],
      ['a dataset', { name: 'rows', type: 'dataset' }],
      ['a private dataset', { name: 'rows', type: 'dataset', private: true }],
      ['a space', { name: 'demo', organization: 'acme', type: 'space', sdk: 'static' }],
    ])('fails for %s', async (_case, body) => {
      expectConflict(await create(on, body));
    });

    it('returns the URL of the existing repository, which clients read if it may exist', async () => {
      const { url } = (await create(on, { name: 'taken' })).json() as { url: string };
      expect(url).toBe(`${on.hub.hub.url}/alice/taken`);
    });

    it('succeeds if the source has a repository of another type', async () => {
      expect((await create(on, { name: 'rows', type: 'model' })).status).toBe(200);
    });

    it('asks no source about a repository that exists here, or that the caller may not create', async () => {
      const existing = await create(on, { name: 'mine' });
      expect(statusAndError(existing)).toEqual([409, 'You already created this model repo']);
      expect((await create(on, { name: 'taken', organization: 'strangers' })).status).toBe(403);
      expect((await post(on, '/api/repos/create', { name: 'taken' })).status).toBe(401);
      expect((await create(on, { name: '.bad' })).status).toBe(400);
      expect(sentTo(on)).toEqual([]);
    });

    it('cannot be freed by headers and parameters of the client', async () => {
      const via = `1.1 hubfall-${on.hub.hub.app.get<string>(INSTANCE_ID)}`;
      expectConflict(await create(on, { name: 'taken' }, { via }));
      expectConflict(await create(on, { name: 'taken' }, { 'x-admin-token': 'not the admin token' }));
      expectConflict(await post(on, '/api/repos/create?fallback=false', { name: 'taken' }, { ...on.alice.headers }));
    });

    it('succeeds once if two requests arrive at the same time', async () => {
      const statuses = (await Promise.all([create(on, { name: 'race' }), create(on, { name: 'race' })])).map(
        ({ status }) => status,
      );
      expect(statuses.sort()).toEqual([200, 409]);
    });

    it('sends the source no credentials of the caller', async () => {
      await create(on, { name: 'quiet' });
      const [request] = on.hub.sources[0]!.requests;
      expect(JSON.stringify(request!.headers)).not.toContain(on.alice.token);
    });
  });

  describe('moving a repository', () => {
    it.each(['alice/taken', 'acme/taken', 'alice/gated'])('fails if the source has the new id: %s', async (to) => {
      expectConflict(await move(on, 'alice/mine', to));
      expect(await listedAs(on, 'alice/mine')).toEqual(['free', null]);
    });

    it('stores the result for the new id', async () => {
      expect((await move(on, 'alice/other', 'acme/other')).status).toBe(200);
      expect(await listedAs(on, 'acme/other')).toEqual(['free', null]);
      expect((await move(on, 'acme/other', 'alice/taken', asAdmin(on))).status).toBe(200);
      expect(await listedAs(on, 'alice/taken')).toEqual(['shadows', 'HuggingFace']);
      expect((await move(on, 'alice/taken', 'alice/other')).status).toBe(200);
      expect(await listedAs(on, 'alice/other')).toEqual(['free', null]);
    });

    it('is not checked if only the case changes', async () => {
      on.hub.sources[0]!.forget();
      expect((await move(on, 'alice/third', 'alice/Third')).status).toBe(200);
      expect(sentTo(on)).toEqual([]);
      expect(await listedAs(on, 'alice/Third')).toEqual(['free', null]);
    });
  });

  describe('uploads', () => {
    const upload = async (id: string, user: TestUser | undefined = on.alice): Promise<HttpResponse[]> => {
      const body = '{"key":"header","value":{"summary":"x"}}\n';
      const commit = {
        method: 'POST',
        body,
        headers: { ...user?.headers, 'content-type': 'application/x-ndjson' },
      } as const;
      const files = { files: [{ path: 'a.txt', size: 1, sample: 'YQ==' }] };
      return [
        await on.hub.sendRequest(`/api/models/${id}/commit/main`, commit),
        await post(on, `/api/models/${id}/preupload/main`, files, user?.headers),
      ];
    };

    it('create no repository, and report that a source has it', async () => {
      for (const response of await upload('alice/taken-by-upload')) expect(response.status).toBe(404);
      for (const response of await upload('acme/taken')) expectConflict(response);
      expect(await listedAs(on, 'alice/taken-by-upload')).toBeUndefined();
      expect(await listedAs(on, 'acme/taken')).toBeUndefined();
    });

    it('to external repositories in namespaces of others are refused with the name of the source', async () => {
      const bob = await createTestUser(on.hub.hub, 'bob');
      for (const response of await upload('acme/taken', bob)) expectExternal(response);
      for (const response of await upload('strangers/missing')) expect(response.status).toBe(404);
    });
  });

  describe('creating an account', () => {
    const organization = (name: string, path = '/api/organizations/create', headers: Headers = {}) =>
      post(on, path, { name }, { ...on.alice.headers, ...headers });

    it.each(['openai-community', 'profile-only'])('fails if the source has an organization: %s', async (name) => {
      expectConflict(await register(on, name));
      expectConflict(await organization(name));
      expectConflict(await organization(name, '/org/create'));
      expect((await on.admin('GET', `/accounts/${name}`)).status).toBe(404);
    });

    it('succeeds if the source has a user, whose repositories stay external', async () => {
      expect((await register(on, 'karpathy')).status).toBe(200);
      expect(await accountListedAs(on, 'karpathy')).toEqual(['free', null]);
    });

    it('fails for a name that exists here without asking a source', async () => {
      expect(statusAndError(await register(on, 'ALICE'))).toEqual([409, 'The name "ALICE" is already taken']);
      expect((await organization('Acme')).status).toBe(409);
      expect((await register(on, 'no spaces')).status).toBe(400);
      expect(sentTo(on)).toEqual([]);
    });
  });

  describe('an administrator', () => {
    it('creates repositories of any id, which are listed', async () => {
      expect((await create(on, { name: 'gated' }, asAdmin(on))).status).toBe(200);
      const created = await on.admin('POST', '/repositories', { type: 'dataset', id: 'alice/rows' });
      expect([created.status, created.body]).toEqual([201, { success: true, message: 'Dataset alice/rows created' }]);
      expect(await listedAs(on, 'alice/rows', 'dataset')).toEqual(['shadows', 'HuggingFace']);
      const { body } = await on.admin('GET', '/repositories?name_state=shadows');
      const ids = (body as { repositories: { id: string }[] }).repositories.map(({ id }) => id);
      expect(ids).toEqual(['alice/gated', 'alice/rows']);
      expect((await on.admin('POST', '/repositories', { type: 'dataset', id: 'alice/rows' })).status).toBe(409);
      expect((await on.admin('POST', '/repositories', { type: 'dataset', id: 'rows' })).status).toBe(400);
      expect((await on.admin('POST', '/repositories', { type: 'dataset', id: 'nobody/rows' })).status).toBe(404);
    });

    it('creates accounts of any name, which are listed', async () => {
      const made = await on.admin('POST', '/accounts', { kind: 'organization', name: 'openai-community' });
      expect([made.status, made.body]).toEqual([
        201,
        expect.objectContaining({ name_state: 'shadows', shadowed_source: 'HuggingFace' }),
      ]);
      expect((await register(on, 'profile-only', asAdmin(on))).status).toBe(200);
      const { body } = await on.admin('GET', '/accounts?name_state=shadows');
      const names = (body as { accounts: { name: string }[] }).accounts.map(({ name }) => name);
      expect(names).toEqual(['openai-community', 'profile-only']);
    });
  });

  describe('names that could not be checked', () => {
    const database = (): DataSource => on.hub.hub.app.get(DataSource);
    /** Creates a model while the source is down, which has the model afterwards. */
    async function createDuringOutage(name: string, isPrivate = false): Promise<void> {
      const [source] = on.hub.sources;
      const { reply } = source!;
      source!.reply = bytes(502, 'bad gateway');
      expect((await create(on, { name, private: isPrivate })).status).toBe(200);
      source!.reply = (response, request) =>
        (request.url.endsWith(`/alice/${name}`) ? hasRepo : reply)(response, request);
    }
    const isListedAs = async (id: string, expected: string): Promise<boolean> =>
      JSON.stringify(await listedAs(on, id)) === expected;

    it('are checked again when they are due', async () => {
      await createDuringOutage('squatted', true);
      expect(await listedAs(on, 'alice/squatted')).toEqual(['unverified', null]);
      await database().query(`UPDATE repositories SET name_check_at = now() WHERE name = 'squatted'`);
      const { NameReview } = await import('../../src/fallback/guard/name-review.service.js');
      on.hub.hub.app.get(NameReview, { strict: false }).start();
      await eventually(() => isListedAs('alice/squatted', '["shadows","HuggingFace"]'));
      const due = await database().query<unknown[]>(
        `SELECT 1 FROM repositories WHERE name_check_at IS NOT NULL AND name = 'squatted'`,
      );
      expect(due).toEqual([]);
    });

    it('are checked on request, with all others except private repositories', async () => {
      await createDuringOutage('squatted-too');
      await database().query(`UPDATE repositories SET name_state = NULL WHERE name IN ('mine', 'squatted')`);
      const { status, body } = await on.admin('POST', '/name-checks');
      expect([status, body]).toEqual([
        200,
        expect.objectContaining({ success: true, scheduled: expect.any(Number) as number }),
      ]);
      await eventually(() => isListedAs('alice/squatted-too', '["shadows","HuggingFace"]'));
      await eventually(() => isListedAs('alice/mine', '["free",null]'));
      expect(await listedAs(on, 'alice/squatted')).toEqual([null, 'HuggingFace']);
    });

    it('are not used while a binding shows that the source has them', async () => {
      const [source] = on.hub.sources;
      const { reply } = source!;
      source!.reply = (response, request) =>
        (request.url.endsWith('/alice/bound') ? hasRepo : reply)(response, request);
      expect((await on.hub.sendRequest('/api/models/alice/bound')).status).toBe(200);
      source!.reply = bytes(503, 'down for maintenance');
      expectConflict(await create(on, { name: 'bound' }));
      source!.reply = reply;
    });
  });
});

describe('the namespace guard in other modes', () => {
  const open: Fixture[] = [];
  const start = async (env: Record<string, string>, facts?: object): Promise<Fixture> => {
    const fixture = await startGuarded(env, facts);
    open.push(fixture);
    return fixture;
  };
  afterEach(() => Promise.all(open.splice(0).map(({ hub }) => hub.close())));

  it('strict rejects names that cannot be checked now, except for administrators', async () => {
    const strict = await start({ KOHAKU_HUB_NAMESPACE_GUARD: 'strict' });
    for (const name of Object.keys(UNKNOWN)) {
      const response = await create(strict, { name });
      expect([name, ...statusAndError(response)]).toEqual([
        name,
        503,
        expect.stringContaining(
          `This hub could not check whether the model "alice/${name}" exists. The source HuggingFace ${PROBLEMS[name]}`,
        ),
      ]);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect((await create(strict, { name: `free-${name}` })).status).toBe(200);
    }
    expectConflict(await create(strict, { name: 'taken' }));
    expect((await create(strict, { name: 'broken' }, asAdmin(strict))).status).toBe(200);
    expect(await listedAs(strict, 'alice/broken')).toEqual(['unverified', null]);
    strict.hub.sources[0]!.reply = bytes(502, 'bad gateway');
    expect((await register(strict, 'newcomer')).status).toBe(503);
    expect((await strict.admin('POST', '/accounts', { kind: 'user', name: 'newcomer' })).status).toBe(201);
    expect(await accountListedAs(strict, 'newcomer')).toEqual(['unverified', null]);
  });

  it('on lets accounts register while the source is down', async () => {
    const on = await start({});
    on.hub.sources[0]!.reply = bytes(502, 'bad gateway');
    expect((await register(on, 'newcomer')).status).toBe(200);
    const { body } = await on.admin('GET', '/accounts?name_state=unverified');
    expect((body as { accounts: { name: string }[] }).accounts.map(({ name }) => name)).toEqual(['newcomer']);
  });

  it('a rejected token gives no definitive answer', async () => {
    const rejects: Responder = (response, request) =>
      (request.headers.authorization === undefined ? missingForAnonymous : badToken)(response, request);
    const strict = await start({ KOHAKU_HUB_NAMESPACE_GUARD: 'strict' }, { token: 'hf_revoked' });
    strict.hub.sources[0]!.reply = rejects;
    expect(statusAndError(await create(strict, { name: 'anything' }))).toEqual([
      503,
      expect.stringContaining('Source "HuggingFace" rejected its token. Update it in Admin → Fallback sources.'),
    ]);
  });

  const expectNoRequests = async (fixture: Fixture, suffix = ''): Promise<void> => {
    const { status } = await create(fixture, { name: 'taken', organization: `acme${suffix}` });
    expect([status, (await register(fixture, `openai-community${suffix}`)).status]).toEqual([200, 200]);
    expect(sentTo(fixture)).toEqual([]);
    expect(await listedAs(fixture, `acme${suffix}/taken`)).toEqual([null, null]);
  };

  it.each<[string, Record<string, string>]>([
    ['the guard is off', { KOHAKU_HUB_NAMESPACE_GUARD: 'off' }],
    ['sources are not used', { KOHAKU_HUB_FALLBACK_ENABLED: 'false' }],
  ])('no source is asked if %s', async (_case, env) => {
    await expectNoRequests(await start(env));
  });

  it('reserved names are not sent to sources, and only administrators can create accounts with them', async () => {
    const fixture = await start({ KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'al*,acme,openai-*' });
    const reserved = [
      await register(fixture, 'OpenAI-community'),
      await fixture.hub.sendRequest('/api/organizations/create', {
        method: 'POST',
        headers: fixture.alice.headers,
        json: { name: 'openai-x' },
      }),
    ];
    for (const response of reserved)
      expect(statusAndError(response)).toEqual([
        409,
        expect.stringContaining('is reserved. Only an administrator can'),
      ]);
    expect((await create(fixture, { name: 'taken', organization: 'acme' })).status).toBe(200);
    const { status } = await fixture.admin('POST', '/accounts', { name: 'openai-x', kind: 'organization' });
    expect([status, sentTo(fixture)]).toEqual([201, []]);
  });

  it('sources are not asked that are disabled or do not apply to the name', async () => {
    const fixture = await start({ KOHAKU_HUB_FALLBACK_SOURCES: '[]' });
    const { url } = fixture.hub.sources[0]!;
    for (const [n, facts] of [{ enabled: false }, { namespace: 'google' }, { include: ['google/*'] }].entries()) {
      await createTestOrganization(fixture.hub.hub, `acme${n}`, { alice: 'admin' });
      const sources = [{ name: 'HuggingFace', url, source_type: 'huggingface', ...facts }];
      expect((await fixture.admin('PUT', '/fallback/sources-bulk-replace', { sources })).status).toBe(200);
      await expectNoRequests(fixture, `${n}`);
    }
  });

  it('asks sources that require signing in, and all sources behind one that fails', async () => {
    const hub = await startHubWithSources([bytes(500, 'out of order'), namesSource(REPLIES)], {
      facts: [{ on_error: 'fail' }, { name: 'HuggingFace', require_auth: true }],
    });
    const fixture = { hub, admin: adminClient(hub.hub), alice: await createTestUser(hub.hub, 'alice') };
    open.push(fixture);
    for (const name of ['taken', 'Taken']) expectConflict(await create(fixture, { name }));
    for (const name of ['openai-community', 'OpenAI-Community']) expectConflict(await register(fixture, name));
  });

  it('checks names that are older than a source once it is added, but not again when it is disabled and enabled', async () => {
    const fixture = await start({ KOHAKU_HUB_FALLBACK_SOURCES: '[]' });
    for (const name of ['taken', 'mine']) expect((await create(fixture, { name })).status).toBe(200);
    expect((await create(fixture, { name: 'gated', private: true })).status).toBe(200);
    const { url } = fixture.hub.sources[0]!;
    const setting = { name: 'HuggingFace', url, source_type: 'huggingface' };
    const { body } = await fixture.admin('POST', '/fallback-sources', setting);
    const { NameReview } = await import('../../src/fallback/guard/name-review.service.js');
    const review = fixture.hub.hub.app.get(NameReview, { strict: false });
    review.start();
    await eventually(
      async () => JSON.stringify(await listedAs(fixture, 'alice/taken')) === '["shadows","HuggingFace"]',
    );
    await eventually(async () => JSON.stringify(await listedAs(fixture, 'alice/mine')) === '["free",null]');
    expect(await listedAs(fixture, 'alice/gated')).toEqual([null, null]);
    await eventually(async () => ((await fixture.admin('GET', '/name-checks')).body as { due: number }).due === 0);
    expect((await fixture.admin('GET', '/name-checks')).body).toEqual({ shadows: 1, unverified: 0, due: 0 });

    fixture.hub.sources[0]!.forget();
    for (const enabled of [false, true])
      await fixture.admin('PUT', `/fallback-sources/${(body as { id: number }).id}`, { enabled });
    review.start();
    await review.beforeApplicationShutdown(); // waits for it
    expect((await fixture.admin('GET', '/name-checks')).body).toEqual({ shadows: 1, unverified: 0, due: 0 });
    expect(sentTo(fixture)).toEqual([]);
  });

  it('cannot schedule checks while it is off', async () => {
    const off = await start({ KOHAKU_HUB_NAMESPACE_GUARD: 'off' });
    const { status, body } = await off.admin('POST', '/name-checks');
    expect([status, body]).toEqual([
      409,
      { error: 'The namespace guard is off. Set KOHAKU_HUB_NAMESPACE_GUARD to on or strict.' },
    ]);
  });
});
