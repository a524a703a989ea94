import { ask, type Told } from '../support/ask.js';
import { listReply, type FakeListed } from '../support/fake-huggingface-lists.js';
import { html, json } from '../support/fake-replies.js';
import { wholeText, type Responder } from '../support/fake-upstream.js';
import type { RunningHub } from '../support/hub-app.js';
import { hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { organization, person, type Person } from '../support/people.js';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string };

const entriesOf = (told: Told): Entry[] => told.json() as Entry[];
const idsOf = (told: Told): string[] => entriesOf(told).map(({ id }) => id);
const nextOf = (told: Told): string | undefined => /^<([^>]+)>; rel="next"$/.exec(told.headers['link'] ?? '')?.[1];

const create = async (hub: RunningHub, { headers }: Person, id: string, more: object = {}): Promise<void> => {
  const [namespace, name] = id.split('/');
  const body = { name, organization: namespace, ...more };
  const told = await ask(hub.url, '/api/repos/create', { method: 'POST', headers, json: body });
  expect(told.status).toBe(200);
};

/** Asks page after page as clients do: along `Link`, which must lead to the hub. */
async function walk(hub: RunningHub, path: string, onPage?: (n: number) => void): Promise<Told[]> {
  const pages: Told[] = [];
  for (let next: string | undefined = `${hub.url}${path}`; next;) {
    expect(next.startsWith(`${hub.url}/`)).toBe(true);
    const told: Told = await ask(hub.url, next.slice(hub.url.length));
    expect([told.status, told.body.toString().slice(0, 200)]).toEqual([200, expect.any(String)]);
    pages.push(told);
    onPage?.(pages.length);
    next = nextOf(told);
    if (pages.length > 200) throw new Error('the walk does not end');
  }
  return pages;
}

describe('a list of three sources with 250 repositories each, and of the hub itself', () => {
  const date = (n: number): string => new Date(Date.UTC(2024, 0, 1) + n * 3_600_000).toISOString();
  /** Every fifth is on each source, and there with other numbers. */
  const listed = (source: number): FakeListed[] =>
    Array.from({ length: 250 }, (_, n) => ({
      id: n % 5 === 0 ? `shared/Model-${n}` : `of${source}/model-${n}`,
      downloads: ((n + 3) * (source * 7 + 11)) % 97,
      likes: (n * 31 + source) % 13,
      trendingScore: (n * (source + 3)) % 50,
      createdAt: date((n * 17) % 251),
      lastModified: date((n * 29 + source) % 1009),
    }));
  const repos = [1, 2, 3].map(listed);
  const everything = new Set(repos.flat().map(({ id }) => id));
  let stage: HubWithSources;
  let alice: Person;

  beforeAll(async () => {
    stage = await hubWithSources(
      repos.map((own, n) => listReply(() => own, n === 2 ? 40 : 1000)),
      { env: { KOHAKU_HUB_FALLBACK_MAX_CONCURRENT: '3' } },
    );
    alice = await person(stage.hub, 'alice');
    await organization(stage.hub, 'shared', { alice: 'admin' });
    await create(stage.hub, alice, 'shared/model-10');
    await create(stage.hub, alice, 'shared/model-20', { private: true });
    await create(stage.hub, alice, 'alice/own');
  });
  afterAll(() => stage.close());

  /** `shared/Model-20` is a private repository of this hub: nobody else speaks for its id, and this caller may not see it. */
  const due = new Set(
    [...everything, 'shared/model-10', 'alice/own'].filter((id) => !/^shared\/Model-(10|20)$/.test(id)),
  );

  test.each([
    ...['lastModified', 'createdAt', 'downloads', 'likes', 'trendingScore', 'recent', 'updated', 'trending'].flatMap(
      (sort) => [`sort=${sort}`, `sort=${sort}&direction=1`],
    ),
    'sort=last_modified&full=true',
  ])('%s: each exactly once, in order', async (query) => {
    const pages = await walk(stage.hub, `/api/models?limit=70&${query}`);
    const entries = pages.flatMap(entriesOf);
    const ids = entries.map(({ id }) => id);
    expect([...ids].sort()).toEqual([...due].sort());
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

  it('says of each where it comes from', async () => {
    const entries = (await walk(stage.hub, '/api/models?limit=1000&sort=downloads')).flatMap(entriesOf);
    expect(entries.find(({ id }) => id === 'alice/own')).toMatchObject({ _source: 'local' });
    expect(entries.find(({ id }) => id === 'of2/model-1')).toMatchObject({
      _source: 'B',
      _source_url: stage.sources[1]!.url,
    });
    expect(entries.find(({ id }) => id === 'shared/Model-5')).toMatchObject({ _source: 'A' });
  });

  it('shows members what is private, and the hub alone with fallback=false', async () => {
    const path = '/api/models?author=Shared&fallback=false';
    for (const source of stage.sources) source.forget();
    expect(idsOf(await stage.ask(path))).toEqual(['shared/model-10']);
    expect(idsOf(await stage.ask(path, { headers: alice.headers })).sort()).toEqual([
      'shared/model-10',
      'shared/model-20',
    ]);
    expect(stage.sources.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('goes on without a source that dies in the middle, and says so to the end', async () => {
    const whole = stage.sources[1]!.reply;
    const pages = await walk(stage.hub, '/api/models?limit=100&sort=downloads', (n) => {
      if (n === 2) stage.sources[1]!.reply = json(500, { error: 'on fire' });
    }).finally(() => (stage.sources[1]!.reply = whole));
    const entries = pages.flatMap(entriesOf);
    const ids = entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const others = new Set([...repos[0]!, ...repos[2]!].map(({ id }) => id).filter((id) => !id.startsWith('shared/')));
    expect([...others].filter((id) => !ids.includes(id))).toEqual([]);
    const values = entries.map(({ downloads }) => Number(downloads));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(pages.map(({ headers }) => headers['x-source-failures'])).toEqual([
      ...[undefined, undefined],
      ...pages.slice(2).map(() => 'B;server'),
    ]);
  });

  it('tells a browser of failures: the header may be read from any page', async () => {
    const told = await stage.ask('/api/models?limit=1');
    expect(told.headers['access-control-expose-headers']).toContain('X-Source-Failures');
  });
});

describe('what a list asks of its sources', () => {
  let stage: HubWithSources;
  const facts = [
    { token: 'hf_TheTokenOfSourceA', name: 'A, of; all' },
    { token: 'hf_TheTokenOfSourceB', source_type: 'kohakuhub' as const, exclude: ['ann/secret*'] },
    { namespace: 'ann' },
    { require_auth: true },
  ];
  let alice: Person;
  beforeAll(async () => {
    stage = await hubWithSources(
      facts.map((_, n) => listReply(() => [{ id: `ann/of-${n}` }, { id: `ann/secret-${n}` }, { id: `other/of-${n}` }])),
      { facts, env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'acme*' } },
    );
    alice = await person(stage.hub, 'alice');
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.sources.forEach((source) => source.forget()));

  const seen = (): (string | undefined)[] => stage.sources.map(({ requests }) => requests[0]?.url);

  test('each in its own words; an account’s own source only for that account', async () => {
    await stage.ask(
      '/api/models?author=Ann&search=o+f&filter=a,b&filter=c&sort=lastModified&direction=1&limit=7&gated=true',
    );
    const narrowed = 'author=Ann&search=o%20f&filter=a&filter=b&filter=c';
    const [a, b, c, d] = seen();
    expect(a).toMatch(
      new RegExp(`^/api/models\\?${narrowed}&sort=lastModified&direction=1&limit=7&expand=createdAt.*&gated=true$`),
    );
    expect(b).toBe(`/api/models?${narrowed}&sort=updated&direction=1&limit=7&gated=true&fallback=false`);
    expect(c).toBe(a);
    expect(d).toBeUndefined();
    stage.sources.forEach((source) => source.forget());
    await stage.ask('/api/spaces?sort=trending_score', { headers: alice.headers });
    expect(seen()).toEqual([
      '/api/spaces?sort=trendingScore&limit=100',
      '/api/spaces?sort=trending&limit=100&fallback=false',
      undefined,
      '/api/spaces?sort=trendingScore&limit=100',
    ]);
  });

  test('the caller’s token goes nowhere, a source’s own only there, and no credential of the query to any', async () => {
    const query = 'limit=1&token=hf_PastedByMistake&x=hf_PastedByMistake';
    await walk(stage.hub, `/api/models?${query}`);
    await ask(stage.hub.url, `/api/models?${query}`, { headers: alice.headers });
    const texts = stage.sources.map(({ requests }) => requests.map(wholeText).join('\n'));
    expect(texts.join('')).not.toContain(alice.token);
    expect(texts.join('')).not.toContain('PastedByMistake');
    expect(texts.map((text) => facts.map(({ token }) => token !== undefined && text.includes(token)))).toEqual([
      [true, false, false, false],
      [false, true, false, false],
      [false, false, false, false],
      [false, false, false, false],
    ]);
  });

  test('what a source is not asked for is not listed from it, nor what is reserved here', async () => {
    expect(idsOf(await stage.ask('/api/models?author=ann')).sort()).toEqual(
      ['ann/of-0', 'ann/of-1', 'ann/of-2', 'ann/secret-0', 'ann/secret-2'].sort(),
    );
    stage.sources.forEach((source) => source.forget());
    expect(idsOf(await stage.ask('/api/models?author=acme-corp'))).toEqual([]);
    expect(seen()).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('a source that fails is named; one that knows nothing of an author has nothing of it', async () => {
    const [whole, other] = [stage.sources[0]!.reply, stage.sources[1]!.reply];
    stage.sources[0]!.reply = html();
    stage.sources[1]!.reply = json(404, { error: 'no such user' });
    const one = await stage.ask('/api/models?author=ann');
    expect([idsOf(one).sort(), one.headers['x-source-failures']]).toEqual([
      ['ann/of-2', 'ann/secret-2'],
      'A%2C of%3B all;other',
    ]);
    expect((await stage.ask('/api/models')).headers['x-source-failures']).toBe('A%2C of%3B all;other, B;not-found');
    [stage.sources[0]!.reply, stage.sources[1]!.reply] = [whole, other];
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
  ])('%s is refused by name', async (query, field) => {
    const told = await stage.ask(`/api/models?${query}`);
    expect([told.status, told.json()]).toMatchObject([400, { fields: [{ field }] }]);
    expect(seen()).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('a cursor is refused with a letter changed, and for another question', async () => {
    const next = nextOf(await stage.ask('/api/models?limit=2'))!.slice(stage.hub.url.length);
    expect((await stage.ask(next)).status).toBe(200);
    const at = next.indexOf('cursor=') + 7;
    for (const place of [at, at + 30, next.length - 2]) {
      const changed = next.slice(0, place) + (next[place] === 'A' ? 'B' : 'A') + next.slice(place + 1);
      expect((await stage.ask(changed)).status).toBe(400);
    }
    expect((await stage.ask(next.replace('limit=2', 'limit=3'))).status).toBe(400);
    expect((await stage.ask(next.replace('/models', '/datasets'))).status).toBe(400);
    expect((await stage.ask(next.replace('limit=2', 'limit=2&search=x'))).status).toBe(400);
  });

  test('a Link that leads elsewhere ends the list there', async () => {
    const [whole] = [stage.sources[0]!.reply];
    stage.sources[0]!.reply = json(200, [{ id: 'ann/one' }], {
      link: '<http://127.0.0.9:1/api/models?cursor=x>; rel="next"',
    });
    const pages = await walk(stage.hub, '/api/models?limit=1');
    expect(pages.flatMap(idsOf)).toEqual(expect.arrayContaining(['ann/one', 'ann/of-1', 'other/of-1']));
    expect(pages.flatMap(idsOf)).toHaveLength(3);
    stage.sources[0]!.reply = whole;
  });
});

test('a KohakuHub, which neither searches nor has pages, is searched and walked to its end all the same', async () => {
  const all = Array.from({ length: 130 }, (_, n) => ({ id: `o/model-${n}`, tags: n % 2 ? ['odd'] : [], downloads: n }));
  const kohakuHub: Responder = (response, request) => {
    const query = new URL(request.url, 'http://any').searchParams;
    const sorted = query.get('sort') === 'downloads' ? [...all].reverse() : all;
    return json(200, sorted.slice(0, Number(query.get('limit'))))(response, request);
  };
  const stage = await hubWithSources([kohakuHub], { facts: [{ source_type: 'kohakuhub' }] });
  const walked = async (query: string): Promise<string[]> =>
    (await walk(stage.hub, `/api/models?sort=downloads&limit=20&${query}`)).flatMap(idsOf);
  const names = all.map(({ id }) => id).reverse();
  expect(await walked('')).toEqual(names);
  expect(await walked('filter=odd')).toEqual(names.filter((id) => Number(id.slice(8)) % 2));
  expect(await walked('search=model-12')).toEqual(names.filter((id) => id.includes('12')));
  await stage.close();
});

describe('the hub’s own lists', () => {
  let stage: HubWithSources;
  let alice: Person;
  beforeAll(async () => {
    stage = await hubWithSources([]);
    alice = await person(stage.hub, 'alice');
    const card =
      '---\nlicense: mit\npipeline_tag: text-generation\nlibrary_name: transformers\ntags: [Île-de-France]\nsummary: Über Bären\n---\n';
    for (const name of ['bert-base-uncased', 'Qwen2.5-7B-Instruct', 'tiny'])
      await create(stage.hub, alice, `alice/${name}`);
    const lines = [
      { key: 'header', value: { summary: 'card' } },
      { key: 'file', value: { path: 'README.md', content: card } },
    ];
    const told = await stage.ask('/api/models/alice/tiny/commit/main', {
      method: 'POST',
      headers: { ...alice.headers, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    expect(told.status).toBe(200);
  });
  afterAll(() => stage.close());

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
    const told = await stage.ask(`/api/models?${query}`);
    expect([told.status, idsOf(told).sort()]).toEqual([200, [...ids].sort()]);
  });

  test('an entry bears what huggingface.co’s does', async () => {
    const keys = async (query: string): Promise<string> =>
      Object.keys(entriesOf(await stage.ask(`/api/models?search=tiny&${query}`))[0]!)
        .sort()
        .join(' ');
    const short =
      '_id _source author createdAt downloads gated id lastModified library_name likes modelId pipeline_tag private tags trendingScore';
    expect(await keys('')).toBe(short);
    expect((await keys('full=true&cardData=true')).split(' ')).toEqual(
      [...short.split(' '), 'cardData', 'disabled', 'sha', 'siblings'].sort(),
    );
    expect(await keys('expand[]=sha,likes&expand=siblings')).toBe('_id _source id likes sha siblings');
    const [entry] = entriesOf(await stage.ask('/api/models?search=tiny&full=True'));
    expect(entry).toMatchObject({
      ...{ sha: expect.stringMatching(/^[0-9a-f]{40}$/), lastModified: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) },
      ...{ likes: 0, private: false, gated: false, _source: 'local' },
      siblings: expect.arrayContaining([{ rfilename: 'README.md' }]),
    });
  });

  test.each(['createdAt', 'lastModified', 'downloads', 'likes', 'trendingScore'])(
    'pages of one, by %s, either way round: one is the other backwards',
    async (sort) => {
      const ids = async (direction: string): Promise<string[]> =>
        (await walk(stage.hub, `/api/models?limit=1&sort=${sort}&direction=${direction}`)).flatMap(idsOf);
      const down = await ids('-1');
      expect([...down].sort()).toEqual(['alice/Qwen2.5-7B-Instruct', 'alice/bert-base-uncased', 'alice/tiny']);
      expect(await ids('1')).toEqual([...down].reverse());
    },
  );
});
