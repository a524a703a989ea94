import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { listResponder, type FakeListEntry } from '../support/fake-huggingface-lists.js';
import { html, json } from '../support/fake-replies.js';
import { requestText, type Responder } from '../support/fake-upstream.js';
import type { RunningHub } from '../support/hub-app.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string };

const entriesOf = (response: HttpResponse): Entry[] => response.json() as Entry[];
const idsOf = (response: HttpResponse): string[] => entriesOf(response).map(({ id }) => id);
const nextOf = (response: HttpResponse): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(response.headers['link'] ?? '')?.[1];

const create = async (hub: RunningHub, { headers }: TestUser, id: string, more: object = {}): Promise<void> => {
  const [namespace, name] = id.split('/');
  const body = { name, organization: namespace, ...more };
  const response = await sendRequest(hub.url, '/api/repos/create', { method: 'POST', headers, json: body });
  expect(response.status).toBe(200);
};

/** Reads all pages by following `Link`, as clients do. Each link must point to the hub. */
async function walk(hub: RunningHub, path: string, onPage?: (n: number) => void): Promise<HttpResponse[]> {
  const pages: HttpResponse[] = [];
  for (let next: string | undefined = `${hub.url}${path}`; next;) {
    expect(next.startsWith(`${hub.url}/`)).toBe(true);
    const response: HttpResponse = await sendRequest(hub.url, next.slice(hub.url.length));
    expect([response.status, response.body.toString().slice(0, 200)]).toEqual([200, expect.any(String)]);
    pages.push(response);
    onPage?.(pages.length);
    next = nextOf(response);
    if (pages.length > 200) throw new Error('more than 200 pages');
  }
  return pages;
}

describe('a merged list of local repositories and three sources with 250 repositories each', () => {
  const date = (n: number): string => new Date(Date.UTC(2024, 0, 1) + n * 3_600_000).toISOString();
  /** Every fifth repository is on all sources, with different counts on each. */
  const entriesOfSource = (source: number): FakeListEntry[] =>
    Array.from({ length: 250 }, (_, n) => ({
      id: n % 5 === 0 ? `shared/Model-${n}` : `of${source}/model-${n}`,
      downloads: ((n + 3) * (source * 7 + 11)) % 97,
      likes: (n * 31 + source) % 13,
      trendingScore: (n * (source + 3)) % 50,
      createdAt: date((n * 17) % 251),
      lastModified: date((n * 29 + source) % 1009),
    }));
  const repos = [1, 2, 3].map(entriesOfSource);
  const everything = new Set(repos.flat().map(({ id }) => id));
  let fixture: HubWithSources;
  let alice: TestUser;

  beforeAll(async () => {
    fixture = await startHubWithSources(
      repos.map((listing, n) => listResponder(() => listing, n === 2 ? 40 : 1000)),
      { env: { KOHAKU_HUB_FALLBACK_MAX_CONCURRENT: '3' } },
    );
    alice = await createTestUser(fixture.hub, 'alice');
    await createTestOrganization(fixture.hub, 'shared', { alice: 'admin' });
    await create(fixture.hub, alice, 'shared/model-10');
    await create(fixture.hub, alice, 'shared/model-20', { private: true });
    await create(fixture.hub, alice, 'alice/own');
  });
  afterAll(() => fixture.close());

  /** `shared/Model-20` is a private local repository that the caller cannot read, so its external namesakes are hidden as well. */
  const expectedIds = new Set(
    [...everything, 'shared/model-10', 'alice/own'].filter((id) => !/^shared\/Model-(10|20)$/.test(id)),
  );

  test.each([
    ...['lastModified', 'createdAt', 'downloads', 'likes', 'trendingScore', 'recent', 'updated', 'trending'].flatMap(
      (sort) => [`sort=${sort}`, `sort=${sort}&direction=1`],
    ),
    'sort=last_modified&full=true',
  ])('%s returns each repository exactly once, in order', async (query) => {
    const pages = await walk(fixture.hub, `/api/models?limit=70&${query}`);
    const entries = pages.flatMap(entriesOf);
    const ids = entries.map(({ id }) => id);
    expect([...ids].sort()).toEqual([...expectedIds].sort());
    for (const page of pages.slice(0, -1)) expect(entriesOf(page)).toHaveLength(70);
    const field =
      { recent: 'createdAt', updated: 'lastModified', trending: 'trendingScore', last_modified: 'lastModified' }[
        new URLSearchParams(query).get('sort')!
      ] ?? new URLSearchParams(query).get('sort')!;
    const values = entries.map((entry) =>
      typeof entry[field] === 'string' ? Date.parse(entry[field]) : Number(entry[field]),
    );
    const sorted = [...values].sort((a, b) => (query.includes('direction=1') ? a - b : b - a));
    expect(values).toEqual(sorted);
    expect(pages.every(({ headers }) => headers['x-source-failures'] === undefined)).toBe(true);
  });

  it('includes the source of each entry', async () => {
    const entries = (await walk(fixture.hub, '/api/models?limit=1000&sort=downloads')).flatMap(entriesOf);
    expect(entries.find(({ id }) => id === 'alice/own')).toMatchObject({ _source: 'local' });
    expect(entries.find(({ id }) => id === 'of2/model-1')).toMatchObject({
      _source: 'B',
      _source_url: fixture.sources[1]!.url,
    });
    expect(entries.find(({ id }) => id === 'shared/Model-5')).toMatchObject({ _source: 'A' });
  });

  it('includes private repositories for members, and only local ones with fallback=false', async () => {
    const path = '/api/models?author=Shared&fallback=false';
    for (const source of fixture.sources) source.forget();
    expect(idsOf(await fixture.sendRequest(path))).toEqual(['shared/model-10']);
    expect(idsOf(await fixture.sendRequest(path, { headers: alice.headers })).sort()).toEqual([
      'shared/model-10',
      'shared/model-20',
    ]);
    expect(fixture.sources.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('continues without a source that fails midway, and reports it on each later page', async () => {
    const original = fixture.sources[1]!.reply;
    const pages = await walk(fixture.hub, '/api/models?limit=100&sort=downloads', (n) => {
      if (n === 2) fixture.sources[1]!.reply = json(500, { error: 'on fire' });
    }).finally(() => (fixture.sources[1]!.reply = original));
    const entries = pages.flatMap(entriesOf);
    const ids = entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const others = new Set([...repos[0]!, ...repos[2]!].map(({ id }) => id).filter((id) => !id.startsWith('shared/')));
    expect([...others].filter((id) => !ids.includes(id))).toEqual([]);
    const values = entries.map(({ downloads }) => Number(downloads));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(pages.map(({ headers }) => headers['x-source-failures'])).toEqual([
      undefined,
      undefined,
      ...pages.slice(2).map(() => 'B;server'),
    ]);
  });

  it('exposes X-Source-Failures to browsers of other origins', async () => {
    const response = await fixture.sendRequest('/api/models?limit=1');
    expect(response.headers['access-control-expose-headers']).toContain('X-Source-Failures');
  });
});

it.each(['huggingface', 'kohakuhub'] as const)(
  'a source of type %s whose reply has too many entries is left out of a list',
  async (source_type) => {
    const entries = (length: number) =>
      json(
        200,
        Array.from({ length }, (_, n) => ({ id: `o/r${n}` })),
      );
    const fixture = await startHubWithSources([entries(5000), entries(5001)], {
      facts: [{ source_type }, { source_type }],
    });
    const response = await fixture.sendRequest('/api/models?limit=2');
    expect([response.status, (response.json() as unknown[]).length]).toEqual([200, 2]);
    expect(response.headers['x-source-failures']).toBe('B;other');
    await fixture.close();
  },
);

describe('requests of a list to its sources', () => {
  let fixture: HubWithSources;
  const facts = [
    { token: 'hf_TheTokenOfSourceA', name: 'A, b; c' },
    { token: 'hf_TheTokenOfSourceB', source_type: 'kohakuhub' as const, exclude: ['ann/secret*'] },
    { namespace: 'ann' },
    { require_auth: true },
  ];
  let alice: TestUser;
  beforeAll(async () => {
    fixture = await startHubWithSources(
      facts.map((_, n) =>
        listResponder(() => [{ id: `ann/of-${n}` }, { id: `ann/secret-${n}` }, { id: `other/of-${n}` }]),
      ),
      { facts, env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'acme*' } },
    );
    alice = await createTestUser(fixture.hub, 'alice');
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.sources.forEach((source) => source.forget()));

  const requestedUrls = (): (string | undefined)[] => fixture.sources.map(({ requests }) => requests[0]?.url);

  test('each source gets its own API’s parameters; a namespace’s source is used only for that namespace', async () => {
    await fixture.sendRequest(
      '/api/models?author=Ann&search=o+f&filter=a,b&filter=c&sort=lastModified&direction=1&limit=7&gated=true',
    );
    const filters = 'author=Ann&search=o%20f&filter=a&filter=b&filter=c';
    const [a, b, c, d] = requestedUrls();
    expect(a).toMatch(
      new RegExp(`^/api/models\\?${filters}&sort=lastModified&direction=1&limit=7&expand=createdAt.*&gated=true$`),
    );
    expect(b).toBe(`/api/models?${filters}&sort=updated&direction=1&limit=7&gated=true&fallback=false`);
    expect(c).toBe(a);
    expect(d).toBeUndefined();
    fixture.sources.forEach((source) => source.forget());
    await fixture.sendRequest('/api/spaces?sort=trending_score', { headers: alice.headers });
    expect(requestedUrls()).toEqual([
      '/api/spaces?sort=trendingScore&limit=100',
      '/api/spaces?sort=trending&limit=100&fallback=false',
      undefined,
      '/api/spaces?sort=trendingScore&limit=100',
    ]);
  });

  test.each([
    'search=Acme/x',
    'search=acme',
    'search=models+of+acme',
    'filter=base_model:finetune:acme-1/x',
    'filter=a,dataset:acme/x',
    'trained_dataset=acme/x',
    'other=acme/x',
    'license=acme/x',
    'pipeline_tag=acme/x',
    'inference_provider=acme',
    'apps=acme/x',
    'author=acme',
  ])('models?%s is not sent to a source, because it names a reserved namespace', async (query) => {
    expect((await fixture.sendRequest(`/api/models?${query}`)).status).toBe(200);
    expect(requestedUrls()).toEqual(fixture.sources.map(() => undefined));
  });

  test.each(['models=acme/x', 'datasets=a/b,acme/x'])('spaces?%s is not sent to a source either', async (query) => {
    expect((await fixture.sendRequest(`/api/spaces?${query}`)).status).toBe(200);
    expect(requestedUrls()).toEqual(fixture.sources.map(() => undefined));
  });

  test('never include the caller’s token or credentials from the query; each source gets only its own token', async () => {
    const query = 'limit=1&token=hf_PastedByMistake&x=hf_PastedByMistake';
    const withToken = await fixture.sendRequest(`/api/models?${query}`);
    expect([withToken.status, withToken.body.toString().includes('Pasted')]).toEqual([400, false]);
    expect((await fixture.sendRequest('/api/models?limit=1&gated=hf_PastedByMistake')).status).toBe(400);
    await sendRequest(fixture.hub.url, '/api/models?limit=1', { headers: alice.headers });
    const texts = fixture.sources.map(({ requests }) => requests.map(requestText).join('\n'));
    expect(texts.join('')).not.toContain(alice.token);
    expect(texts.join('')).not.toContain('PastedByMistake');
    expect(texts.map((text) => facts.map(({ token }) => token !== undefined && text.includes(token)))).toEqual([
      [true, false, false, false],
      [false, true, false, false],
      [false, false, false, false],
      [false, false, false, false],
    ]);
  });

  test('excluded and reserved repositories are not listed', async () => {
    expect(idsOf(await fixture.sendRequest('/api/models?author=ann')).sort()).toEqual(
      ['ann/of-0', 'ann/of-1', 'ann/of-2', 'ann/secret-0', 'ann/secret-2'].sort(),
    );
    fixture.sources.forEach((source) => source.forget());
    expect(idsOf(await fixture.sendRequest('/api/models?author=acme-corp'))).toEqual([]);
    expect(requestedUrls()).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('failed sources are reported; 404 for an author means an empty list', async () => {
    const [originalA, originalB] = [fixture.sources[0]!.reply, fixture.sources[1]!.reply];
    fixture.sources[0]!.reply = html();
    fixture.sources[1]!.reply = json(404, { error: 'no such user' });
    const ofAuthor = await fixture.sendRequest('/api/models?author=ann');
    expect([idsOf(ofAuthor).sort(), ofAuthor.headers['x-source-failures']]).toEqual([
      ['ann/of-2', 'ann/secret-2'],
      'A%2C b%3B c;other',
    ]);
    expect((await fixture.sendRequest('/api/models')).headers['x-source-failures']).toBe(
      'A%2C b%3B c;other, B;not-found',
    );
    [fixture.sources[0]!.reply, fixture.sources[1]!.reply] = [originalA, originalB];
  });

  test.each([
    ['sort=best', 'sort'],
    ['direction=down', 'direction'],
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=many', 'limit'],
    ['author=a%2Fb', 'author'],
    ['cursor=made-up', 'cursor'],
    ['search=hf_PastedByMistake', 'search'],
    [`search=${'x'.repeat(501)}`, 'search'],
  ])('%s is refused and the field is named', async (query, field) => {
    const response = await fixture.sendRequest(`/api/models?${query}`);
    expect([response.status, response.json()]).toMatchObject([400, { fields: [{ field }] }]);
    expect(requestedUrls()).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('a cursor is refused if it was modified or if other parameters differ', async () => {
    const next = nextOf(await fixture.sendRequest('/api/models?limit=2'))!.slice(fixture.hub.url.length);
    expect((await fixture.sendRequest(next)).status).toBe(200);
    const at = next.indexOf('cursor=') + 7;
    for (const place of [at, at + 30, next.length - 2]) {
      const changed = next.slice(0, place) + (next[place] === 'A' ? 'B' : 'A') + next.slice(place + 1);
      expect((await fixture.sendRequest(changed)).status).toBe(400);
    }
    expect((await fixture.sendRequest(next.replace('limit=2', 'limit=3'))).status).toBe(400);
    expect((await fixture.sendRequest(next.replace('/models', '/datasets'))).status).toBe(400);
    expect((await fixture.sendRequest(next.replace('limit=2', 'limit=2&search=x'))).status).toBe(400);
  });

  test('a Link to another host ends the list of that source', async () => {
    const original = fixture.sources[0]!.reply;
    fixture.sources[0]!.reply = json(200, [{ id: 'ann/one' }], {
      link: '<http://127.0.0.9:1/api/models?cursor=x>; rel="next"',
    });
    const pages = await walk(fixture.hub, '/api/models?limit=1');
    expect(pages.flatMap(idsOf)).toEqual(expect.arrayContaining(['ann/one', 'ann/of-1', 'other/of-1']));
    expect(pages.flatMap(idsOf)).toHaveLength(3);
    fixture.sources[0]!.reply = original;
  });
});

test('a KohakuHub source, which supports neither search nor pages, can be searched and paged through', async () => {
  const all = Array.from({ length: 130 }, (_, n) => ({ id: `o/model-${n}`, tags: n % 2 ? ['odd'] : [], downloads: n }));
  const kohakuHub: Responder = (response, request) => {
    const query = new URL(request.url, 'http://any').searchParams;
    const sorted = query.get('sort') === 'downloads' ? [...all].reverse() : all;
    return json(200, sorted.slice(0, Number(query.get('limit'))))(response, request);
  };
  const fixture = await startHubWithSources([kohakuHub], { facts: [{ source_type: 'kohakuhub' }] });
  const walkIds = async (query: string): Promise<string[]> =>
    (await walk(fixture.hub, `/api/models?sort=downloads&limit=20&${query}`)).flatMap(idsOf);
  const names = all.map(({ id }) => id).reverse();
  expect(await walkIds('')).toEqual(names);
  expect(await walkIds('filter=odd')).toEqual(names.filter((id) => Number(id.slice(8)) % 2));
  expect(await walkIds('search=model-12')).toEqual(names.filter((id) => id.includes('12')));
  await fixture.close();
});

describe('lists of local repositories', () => {
  let fixture: HubWithSources;
  let alice: TestUser;
  beforeAll(async () => {
    fixture = await startHubWithSources([]);
    alice = await createTestUser(fixture.hub, 'alice');
    const card =
      '---\nlicense: mit\npipeline_tag: text-generation\nlibrary_name: transformers\ntags: [Île-de-France]\nsummary: Über Bären\n---\n';
    for (const name of ['bert-base-uncased', 'Qwen2.5-7B-Instruct', 'tiny'])
      await create(fixture.hub, alice, `alice/${name}`);
    const lines = [
      { key: 'header', value: { summary: 'card' } },
      { key: 'file', value: { path: 'README.md', content: card } },
    ];
    const response = await fixture.sendRequest('/api/models/alice/tiny/commit/main', {
      method: 'POST',
      headers: { ...alice.headers, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    expect(response.status).toBe(200);
  });
  afterAll(() => fixture.close());

  test.each([
    ['search=bert', ['alice/bert-base-uncased']],
    ['search=bert-ba', ['alice/bert-base-uncased']],
    ['search=BASE+bert', ['alice/bert-base-uncased']],
    ['search=ert', ['alice/bert-base-uncased']],
    ['search=cased+ber', ['alice/bert-base-uncased']],
    ['search=qwen2.5', ['alice/Qwen2.5-7B-Instruct']],
    ['search=7b&search=qwen', ['alice/Qwen2.5-7B-Instruct']],
    ['search=alice/t', ['alice/tiny', 'alice/bert-base-uncased', 'alice/Qwen2.5-7B-Instruct']],
    ['search=transf', ['alice/tiny']],
    ['search=B%C3%A4ren', ['alice/tiny']],
    ['search=%C3%8Ele', ['alice/tiny']],
    ["search=ti'ny%22%5C%26%7C!:*", ['alice/tiny']],
    ['search=nothing', []],
    ['search=--', ['alice/tiny', 'alice/Qwen2.5-7B-Instruct', 'alice/bert-base-uncased']],
    ['filter=license:mit', ['alice/tiny']],
    ['filter=license:mit,transformers', ['alice/tiny']],
    ['filter=license:mit&filter=jax', []],
    ['pipeline_tag=text-generation', ['alice/tiny']],
    ['pipeline_tag=fill-mask', []],
    ['author=ALICE&search=tiny', ['alice/tiny']],
    ['author=nobody', []],
  ])('%s', async (query, ids) => {
    const response = await fixture.sendRequest(`/api/models?${query}`);
    expect([response.status, idsOf(response).sort()]).toEqual([200, [...ids].sort()]);
  });

  test('entries have the fields of huggingface.co', async () => {
    const keys = async (query: string): Promise<string> =>
      Object.keys(entriesOf(await fixture.sendRequest(`/api/models?search=tiny&${query}`))[0]!)
        .sort()
        .join(' ');
    const short =
      '_id _source author createdAt downloads gated id lastModified library_name likes modelId pipeline_tag private tags trendingScore';
    expect(await keys('')).toBe(short);
    expect((await keys('full=true&cardData=true')).split(' ')).toEqual(
      [...short.split(' '), 'cardData', 'disabled', 'sha', 'siblings'].sort(),
    );
    expect(await keys('expand[]=sha,likes&expand=siblings')).toBe('_id _source id likes sha siblings');
    const [entry] = entriesOf(await fixture.sendRequest('/api/models?search=tiny&full=True'));
    expect(entry).toMatchObject({
      sha: expect.stringMatching(/^[0-9a-f]{40}$/),
      lastModified: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      likes: 0,
      private: false,
      gated: false,
      _source: 'local',
      siblings: expect.arrayContaining([{ rfilename: 'README.md' }]),
    });
  });

  test.each(['createdAt', 'lastModified', 'downloads', 'likes', 'trendingScore'])(
    'pages of one entry, sorted by %s: ascending order is descending order reversed',
    async (sort) => {
      const ids = async (direction: string): Promise<string[]> =>
        (await walk(fixture.hub, `/api/models?limit=1&sort=${sort}&direction=${direction}`)).flatMap(idsOf);
      const down = await ids('-1');
      expect([...down].sort()).toEqual(['alice/Qwen2.5-7B-Instruct', 'alice/bert-base-uncased', 'alice/tiny']);
      expect(await ids('1')).toEqual([...down].reverse());
    },
  );
});
