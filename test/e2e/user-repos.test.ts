import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { listResponder, type FakeListEntry } from '../support/fake-huggingface-lists.js';
import { profilesResponder, type FakeProfiles } from '../support/fake-profiles.js';
import { hang, json } from '../support/fake-replies.js';
import { requestText, type Responder } from '../support/fake-upstream.js';
import { useHubWithSources, startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const openHub = useHubWithSources();

type Types = 'models' | 'datasets' | 'spaces';
type Listed = Readonly<Partial<Record<Types, readonly FakeListEntry[]>>>;
type Entry = { readonly id: string; readonly _source: string };
type Repos = Readonly<Record<Types, readonly Entry[]>> & { readonly _truncated?: readonly Types[] };

const reposIn = (response: HttpResponse): Repos => response.json() as Repos;
const ids = (response: HttpResponse, type: Types = 'models'): string[] => reposIn(response)[type].map(({ id }) => id);
const typeOf = (url: string): Types => /^\/api\/(models|datasets|spaces)/.exec(url)?.[1] as Types;

/** A source like huggingface.co: one list per type, and user profiles. */
const huggingFace =
  (listed: Listed, people: FakeProfiles = {}, maxPageSize = 1000): Responder =>
  (response, request) =>
    /^\/api\/(models|datasets|spaces)\?/.test(request.url)
      ? listResponder(() => listed[typeOf(request.url)] ?? [], maxPageSize)(response, request)
      : profilesResponder(people)(response, request);

/** A source like KohakuHub: one response with all repositories of an account, without pages. */
const kohakuHub =
  (listed: Readonly<Record<string, Listed>>): Responder =>
  (response, request) => {
    const url = new URL(request.url, 'http://any');
    const name = /^\/api\/users\/([^/]+)\/repos$/.exec(url.pathname)?.[1];
    const repos = name === undefined ? undefined : listed[name];
    if (!repos) return json(404, { detail: 'not found' }, { 'x-error-code': 'BadRequest' })(response, request);
    if (!['recent', 'likes', 'downloads', null].includes(url.searchParams.get('sort')))
      return json(422, {})(response, request);
    const listOf = (type: Types) => (repos[type] ?? []).slice(0, Number(url.searchParams.get('limit') ?? 100));
    return json(200, { models: listOf('models'), datasets: listOf('datasets'), spaces: listOf('spaces') })(
      response,
      request,
    );
  };

const numbered = (owner: string, count: number): FakeListEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `${owner}/model-${n}`,
    downloads: (n * 7) % 1009,
    likes: n % 5,
    createdAt: new Date(Date.UTC(2020, 0, 1 + n)).toISOString(),
  }));

describe('the repositories of an account', () => {
  let fixture: HubWithSources;
  let ann: TestUser;
  const hfSource = huggingFace(
    {
      models: [...numbered('ann', 250), ...numbered('other', 3)],
      datasets: [{ id: 'ann/rows' }],
    },
    { users: { quiet: {} } },
    100,
  );
  beforeAll(async () => {
    fixture = await startHubWithSources(
      [
        hfSource,
        kohakuHub({
          ann: {
            models: [
              { id: 'ann/model-7', createdAt: '2020-01-08T00:00:00.000Z' },
              { id: 'ann/of-b', createdAt: '2019-01-01T00:00:00.000Z' },
              { id: 'bob/x' },
            ],
            spaces: [{ id: 'ann/demo' }],
          },
        }),
      ],
      {
        facts: [{ token: 'hf_TheTokenOfSourceA' }, { token: 'hf_TheTokenOfSourceB', source_type: 'kohakuhub' }],
        env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'ours*' },
      },
    );
    ann = await createTestUser(fixture.hub, 'Ann');
    await createTestOrganization(fixture.hub, 'empty-org', { Ann: 'admin' });
    for (const [name, isPrivate] of [
      ['model-3', false],
      ['hidden', true],
      ['model-4', true],
    ] as const) {
      const body = { type: 'model', name, private: isPrivate };
      const created = await fixture.sendRequest('/api/repos/create', {
        method: 'POST',
        headers: ann.headers,
        json: body,
      });
      expect(created.status).toBe(200);
    }
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.sources.forEach((source) => source.forget()));

  it('include local and external ones, each once; local ones take precedence', async () => {
    const response = await fixture.sendRequest('/api/users/ann/repos');
    expect([response.status, response.headers['x-source-failures']]).toEqual([200, undefined]);
    const { models, datasets, spaces } = reposIn(response);
    // model-4 is a private local repository, which hides external repositories with its id.
    const expectedIds = [...numbered('ann', 250).map(({ id }) => id.toLowerCase()), 'ann/of-b'].filter(
      (id) => id !== 'ann/model-4',
    );
    expect(models.map(({ id }) => id.toLowerCase()).sort()).toEqual(expectedIds.sort());
    const sourceOf = (id: string) => models.find((model) => model.id.toLowerCase() === id)?._source;
    expect(['ann/model-3', 'ann/model-7', 'ann/of-b'].map(sourceOf)).toEqual(['local', 'A', 'B']);
    expect(models.find(({ id }) => id === 'ann/of-b')).toMatchObject({ _source_url: fixture.sources[1]!.url });
    expect([datasets.map(({ id }) => id), spaces.map(({ id }) => id)]).toEqual([['ann/rows'], ['ann/demo']]);
    expect(reposIn(response)._truncated).toBeUndefined();
  });

  it('are read page by page from huggingface.co and in one request from a KohakuHub', async () => {
    await fixture.sendRequest('/api/users/ann/repos?sort=updated');
    const urls = fixture.sources[0]!.requests.map(({ url }) => url);
    expect(urls.filter((url) => typeOf(url) === 'models')).toHaveLength(3);
    expect(urls.every((url) => url.includes('author=ann') && url.includes('limit=1000'))).toBe(true);
    expect(fixture.sources[1]!.requests.map(({ url }) => url)).toEqual([
      '/api/users/ann/repos?limit=1000&fallback=false',
    ]);
    fixture.sources[1]!.forget();
    await fixture.sendRequest('/api/users/ann/repos?sort=likes');
    expect(fixture.sources[1]!.requests.map(({ url }) => url)).toEqual([
      '/api/users/ann/repos?sort=likes&limit=1000&fallback=false',
    ]);
  });

  it('include private ones for users who can read them', async () => {
    const ownRepos = await fixture.sendRequest('/api/users/Ann/repos?fallback=false', { headers: ann.headers });
    expect(ids(ownRepos).sort()).toEqual(['Ann/hidden', 'Ann/model-3', 'Ann/model-4']);
    expect(ids(await fixture.sendRequest('/api/users/ann/repos?fallback=false'))).toEqual(['Ann/model-3']);
    expect(fixture.sources.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('are sorted and truncated at the limit, which the response reports', async () => {
    const response = await fixture.sendRequest('/api/users/ann/repos?sort=downloads&limit=5');
    const downloads = reposIn(response).models.map((model) => (model as unknown as { downloads: number }).downloads);
    expect(downloads).toHaveLength(5);
    expect(downloads).toEqual([...downloads].sort((a, b) => b - a));
    expect(reposIn(response)._truncated).toEqual(['models']);
    const oldest = ids(await fixture.sendRequest('/api/users/ann/repos?sort=recent&direction=1&limit=2'));
    expect(oldest).toEqual(['ann/of-b', 'ann/model-0']);
  });

  it.each([
    ['users/empty-org', 200],
    ['users/quiet', 200],
    ['users/nobody', 404],
    ['users/ours', 404],
    ['users/quiet', 404, '?fallback=false'],
    ['users/%2e%2e', 404],
    ['users/ann', 400, '?sort=best'],
    ['users/ann', 400, '?limit=0'],
  ])('have the right status for %s: %i%s', async (path, status, query = '') => {
    const response = await fixture.sendRequest(`/api/${path}/repos${query}`);
    expect(response.status).toBe(status);
    if (status === 200) expect(response.json()).toEqual({ models: [], datasets: [], spaces: [] });
    if (status === 404) expect(response.json()).toEqual({ error: 'This user does not exist' });
  });

  it('are requested without the caller’s token, and each source’s token is sent only to that source', async () => {
    const withToken = await fixture.sendRequest(`/api/users/ann/repos?token=${ann.token}`, { headers: ann.headers });
    expect([withToken.status, withToken.body.toString().includes(ann.token)]).toEqual([400, false]);
    await fixture.sendRequest('/api/users/ann/repos', { headers: ann.headers });
    const texts = fixture.sources.map(({ requests }) => requests.map(requestText).join('\n'));
    expect(texts.join('')).not.toContain(ann.token);
    expect(texts.map((text) => ['A', 'B'].map((source) => text.includes(`TheTokenOfSource${source}`)))).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe('if a source fails', () => {
  const small = huggingFace({ models: [{ id: 'ann/one' }] });

  it('the others’ repositories are returned, and the failure is reported once', async () => {
    const fixture = await openHub([json(500, {}), small]);
    const response = await fixture.sendRequest('/api/users/ann/repos');
    expect([response.status, response.headers['x-source-failures'], ids(response)]).toEqual([
      200,
      'A;server',
      ['ann/one'],
    ]);
  });

  it.each<[string, Responder, number]>([
    ['is down', json(503, {}), 503],
    ['is silent', hang(), 504],
  ])('an unknown user is not reported as missing while a source %s', async (_, reply, status) => {
    const fixture = await openHub([reply, small], { env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '0.4' } });
    expect((await fixture.sendRequest('/api/users/stranger/repos')).status).toBe(status);
  });
});

it('more than 1,000 repositories are truncated, which the response reports', async () => {
  const fixture = await openHub(
    [
      huggingFace({ models: numbered('big', 1201) }),
      kohakuHub({ many: { models: numbered('many', 1000), spaces: [{ id: 'many/x' }] } }),
    ],
    {
      facts: [{}, { source_type: 'kohakuhub' }],
    },
  );
  for (const name of ['big', 'many']) {
    const response = await sendRequest(fixture.hub.url, `/api/users/${name}/repos?limit=100000`);
    expect([ids(response).length, reposIn(response)._truncated]).toEqual([1000, ['models']]);
  }
});
