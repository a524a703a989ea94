import { ask, type Told } from '../support/ask.js';
import { listReply, type FakeListed } from '../support/fake-huggingface-lists.js';
import { peopleReply, type FakePeople } from '../support/fake-people.js';
import { hang, json } from '../support/fake-replies.js';
import { wholeText, type Responder } from '../support/fake-upstream.js';
import { hubsOfEachTest, hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { organization, person, type Person } from '../support/people.js';

const openHub = hubsOfEachTest();

type Types = 'models' | 'datasets' | 'spaces';
type Listed = Readonly<Partial<Record<Types, readonly FakeListed[]>>>;
type Entry = { readonly id: string; readonly _source: string };
type Repos = Readonly<Record<Types, readonly Entry[]>> & { readonly _truncated?: readonly Types[] };

const of = (told: Told): Repos => told.json() as Repos;
const ids = (told: Told, type: Types = 'models'): string[] => of(told)[type].map(({ id }) => id);
const typeOf = (url: string): Types => /^\/api\/(models|datasets|spaces)/.exec(url)?.[1] as Types;

/** huggingface.co: lists by type, and people. */
const huggingFace =
  (listed: Listed, people: FakePeople = {}, mostOnAPage = 1000): Responder =>
  (response, request) =>
    /^\/api\/(models|datasets|spaces)\?/.test(request.url)
      ? listReply(() => listed[typeOf(request.url)] ?? [], mostOnAPage)(response, request)
      : peopleReply(people)(response, request);

/** KohakuHub: everything of an account at one address, without pages. */
const kohakuHub =
  (listed: Readonly<Record<string, Listed>>): Responder =>
  (response, request) => {
    const url = new URL(request.url, 'http://any');
    const name = /^\/api\/users\/([^/]+)\/repos$/.exec(url.pathname)?.[1];
    const found = name === undefined ? undefined : listed[name];
    if (!found) return json(404, { detail: 'not found' }, { 'x-error-code': 'BadRequest' })(response, request);
    if (!['recent', 'likes', 'downloads', null].includes(url.searchParams.get('sort')))
      return json(422, {})(response, request);
    const some = (type: Types) => (found[type] ?? []).slice(0, Number(url.searchParams.get('limit') ?? 100));
    return json(200, { models: some('models'), datasets: some('datasets'), spaces: some('spaces') })(response, request);
  };

const numbered = (owner: string, count: number): FakeListed[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ id: `${owner}/model-${n}`, downloads: (n * 7) % 1009, likes: n % 5 },
    createdAt: new Date(Date.UTC(2020, 0, 1 + n)).toISOString(),
  }));

describe('what an account has', () => {
  let stage: HubWithSources;
  let ann: Person;
  const far = huggingFace(
    {
      models: [...numbered('ann', 250), ...numbered('other', 3)],
      datasets: [{ id: 'ann/rows' }],
    },
    { users: { quiet: {} } },
    100,
  );
  beforeAll(async () => {
    stage = await hubWithSources(
      [
        far,
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
    ann = await person(stage.hub, 'Ann');
    await organization(stage.hub, 'empty-org', { Ann: 'admin' });
    for (const [name, isPrivate] of [
      ['model-3', false],
      ['hidden', true],
      ['model-4', true],
    ] as const) {
      const body = { type: 'model', name, private: isPrivate };
      const made = await stage.ask('/api/repos/create', { method: 'POST', headers: ann.headers, json: body });
      expect(made.status).toBe(200);
    }
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.sources.forEach((source) => source.forget()));

  it('is all of it, near and far, each once, local first', async () => {
    const told = await stage.ask('/api/users/ann/repos');
    expect([told.status, told.headers['x-source-failures']]).toEqual([200, undefined]);
    const { models, datasets, spaces } = of(told);
    // model-4 is a private one here: nobody else speaks for its id.
    const due = [...numbered('ann', 250).map(({ id }) => id.toLowerCase()), 'ann/of-b'].filter(
      (id) => id !== 'ann/model-4',
    );
    expect(models.map(({ id }) => id.toLowerCase()).sort()).toEqual(due.sort());
    const sourceOf = (id: string) => models.find((one) => one.id.toLowerCase() === id)?._source;
    expect(['ann/model-3', 'ann/model-7', 'ann/of-b'].map(sourceOf)).toEqual(['local', 'A', 'B']);
    expect(models.find(({ id }) => id === 'ann/of-b')).toMatchObject({ _source_url: stage.sources[1]!.url });
    expect([datasets.map(({ id }) => id), spaces.map(({ id }) => id)]).toEqual([['ann/rows'], ['ann/demo']]);
    expect(of(told)._truncated).toBeUndefined();
  });

  it('is had from huggingface.co’s lists, page by page, and in one question from a KohakuHub', async () => {
    await stage.ask('/api/users/ann/repos?sort=updated');
    const asked = stage.sources[0]!.requests.map(({ url }) => url);
    expect(asked.filter((url) => typeOf(url) === 'models')).toHaveLength(3);
    expect(asked.every((url) => url.includes('author=ann') && url.includes('limit=1000'))).toBe(true);
    expect(stage.sources[1]!.requests.map(({ url }) => url)).toEqual([
      '/api/users/ann/repos?limit=1000&fallback=false',
    ]);
    stage.sources[1]!.forget();
    await stage.ask('/api/users/ann/repos?sort=likes');
    expect(stage.sources[1]!.requests.map(({ url }) => url)).toEqual([
      '/api/users/ann/repos?sort=likes&limit=1000&fallback=false',
    ]);
  });

  it('shows private ones to who may read them', async () => {
    const mine = await stage.ask('/api/users/Ann/repos?fallback=false', { headers: ann.headers });
    expect(ids(mine).sort()).toEqual(['Ann/hidden', 'Ann/model-3', 'Ann/model-4']);
    expect(ids(await stage.ask('/api/users/ann/repos?fallback=false'))).toEqual(['Ann/model-3']);
    expect(stage.sources.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('is sorted, cut where it is asked to be, and says so', async () => {
    const told = await stage.ask('/api/users/ann/repos?sort=downloads&limit=5');
    const downloads = of(told).models.map((one) => (one as unknown as { downloads: number }).downloads);
    expect(downloads).toHaveLength(5);
    expect(downloads).toEqual([...downloads].sort((a, b) => b - a));
    expect(of(told)._truncated).toEqual(['models']);
    const oldest = ids(await stage.ask('/api/users/ann/repos?sort=recent&direction=1&limit=2'));
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
  ])('of %s: %i%s', async (path, status, query = '') => {
    const told = await stage.ask(`/api/${path}/repos${query}`);
    expect(told.status).toBe(status);
    if (status === 200) expect(told.json()).toEqual({ models: [], datasets: [], spaces: [] });
    if (status === 404) expect(told.json()).toEqual({ error: 'This user does not exist' });
  });

  it('the caller’s token goes nowhere, a source’s own only there', async () => {
    await stage.ask(`/api/users/ann/repos?token=${ann.token}`, { headers: ann.headers });
    const texts = stage.sources.map(({ requests }) => requests.map(wholeText).join('\n'));
    expect(texts.join('')).not.toContain(ann.token);
    expect(texts.map((text) => ['A', 'B'].map((source) => text.includes(`TheTokenOfSource${source}`)))).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe('when a source fails', () => {
  const small = huggingFace({ models: [{ id: 'ann/one' }] });

  it('the others answer, and it is named once', async () => {
    const stage = await openHub([json(500, {}), small]);
    const told = await stage.ask('/api/users/ann/repos');
    expect([told.status, told.headers['x-source-failures'], ids(told)]).toEqual([200, 'A;server', ['ann/one']]);
  });

  it.each<[string, Responder, number]>([
    ['is down', json(503, {}), 503],
    ['is silent', hang(), 504],
  ])('nobody is said to be unknown while one %s', async (_, reply, status) => {
    const stage = await openHub([reply, small], { env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '0.4' } });
    expect((await stage.ask('/api/users/stranger/repos')).status).toBe(status);
  });
});

it('more than the most is cut, and said', async () => {
  const stage = await openHub(
    [
      huggingFace({ models: numbered('big', 1201) }),
      kohakuHub({ many: { models: numbered('many', 1000), spaces: [{ id: 'many/x' }] } }),
    ],
    {
      facts: [{}, { source_type: 'kohakuhub' }],
    },
  );
  for (const name of ['big', 'many']) {
    const told = await ask(stage.hub.url, `/api/users/${name}/repos?limit=100000`);
    expect([ids(told).length, of(told)._truncated]).toEqual([1000, ['models']]);
  }
});
