import fc from 'fast-check';
import { ATTEMPT_CATEGORIES } from '../../src/domain/attempt.js';
import type { AccountKind, AccountList } from '../../src/domain/account.js';
import type { AccountOperation } from '../../src/domain/operation.js';
import type { Operation } from '../../src/domain/operation.js';
import { OPERATION_KINDS } from '../support/chain-scenarios.js';
import type { RepoId } from '../../src/domain/repo-id.js';
import { SOURCE_TYPES } from '../../src/domain/source.js';
import { FAILURE_CATEGORIES, type Outcome } from '../../src/domain/upstream.js';
import { encodeForm, encodePath, encodeQuery } from '../../src/domain/encode-path.js';
import { parseListParameters } from '../../src/lists/list-parameters.js';
import { STRATEGIES, strategyFor } from '../../src/fallback/strategies/strategies.js';
import { OPERATIONS } from '../support/chain-scenarios.js';

const model: RepoId = { type: 'model', namespace: 'ns', name: 'name' };
const dataset: RepoId = { type: 'dataset', namespace: 'ns', name: 'name' };
const space: RepoId = { type: 'space', namespace: 'ns', name: 'name' };
const gpt2: RepoId = { type: 'model', namespace: '', name: 'gpt2' };
const squad: RepoId = { type: 'dataset', namespace: '', name: 'squad' };

const file = (repo: RepoId, facts: Partial<Extract<Operation, { kind: 'resolve' }>> = {}): Operation => ({
  ...{
    kind: 'resolve',
    raw: false,
    method: 'HEAD',
    repo,
    revision: 'main',
    path: ['a.txt'],
    query: [],
    conditions: {},
  },
  ...facts,
});
const info = (repo: RepoId): Operation => ({ kind: 'info', repo, query: [] });
const refs = (repo: RepoId): Operation => ({ kind: 'refs', repo, query: [] });
const on = (kind: 'revision' | 'tree' | 'commits', repo: RepoId, ...rest: string[]): Operation => ({
  kind,
  repo,
  rest,
  query: [],
});
const pathsInfo = (repo: RepoId, ...rest: string[]): Operation => ({
  ...{ kind: 'pathsInfo', repo, rest, query: [], paths: ['a b', 'c&d=é'], expand: true },
});
const odd = ['sub dir', 'a#b?c%d+é.txt'];
const ODD = 'sub%20dir/a%23b%3Fc%25d%2B%C3%A9.txt';

/** An operation; what huggingface.co is asked; what a KohakuHub is asked (without `fallback=false`) where that differs. */
const EVERYWHERE: [Operation, string, string?][] = [
  [file(model), 'HEAD /ns/name/resolve/main/a.txt', 'HEAD /models/ns/name/resolve/main/a.txt'],
  [file(dataset), 'HEAD /datasets/ns/name/resolve/main/a.txt'],
  [file(space), 'HEAD /spaces/ns/name/resolve/main/a.txt'],
  [file(gpt2), 'HEAD /gpt2/resolve/main/a.txt', 'HEAD /models/gpt2/resolve/main/a.txt'],
  [file(squad), 'HEAD /datasets/squad/resolve/main/a.txt'],
  [file(model, { method: 'GET' }), 'GET /ns/name/resolve/main/a.txt', 'GET /models/ns/name/resolve/main/a.txt'],
  [file(dataset, { path: odd }), `HEAD /datasets/ns/name/resolve/main/${ODD}`],
  [file(dataset, { path: ['a%20b'] }), 'HEAD /datasets/ns/name/resolve/main/a%2520b'],
  [file(dataset, { revision: 'refs/pr/1' }), 'HEAD /datasets/ns/name/resolve/refs%2Fpr%2F1/a.txt'],
  [file(dataset, { revision: 'refs', path: ['pr', '1', 'a'] }), 'HEAD /datasets/ns/name/resolve/refs/pr/1/a'],
  [file(dataset, { query: [['download', 'true']] }), 'HEAD /datasets/ns/name/resolve/main/a.txt?download=true'],
  [
    file(space, { raw: true, method: 'GET' }),
    'GET /spaces/ns/name/raw/main/a.txt',
    'GET /spaces/ns/name/resolve/main/a.txt', // KohakuHub has no /raw/
  ],
  [info(model), 'GET /api/models/ns/name'],
  [info(dataset), 'GET /api/datasets/ns/name'],
  [info(space), 'GET /api/spaces/ns/name'],
  [info(gpt2), 'GET /api/models/gpt2'],
  [info(squad), 'GET /api/datasets/squad'],
  [
    {
      ...info(model),
      query: [
        ['blobs', 'true'],
        ['expand', 'a b'],
      ],
    },
    'GET /api/models/ns/name?blobs=true&expand=a%20b',
  ],
  [on('revision', model, 'main'), 'GET /api/models/ns/name/revision/main'],
  [on('revision', gpt2, 'refs/pr/1'), 'GET /api/models/gpt2/revision/refs%2Fpr%2F1'],
  [on('revision', space, 'feat', 'x'), 'GET /api/spaces/ns/name/revision/feat/x'],
  [on('tree', model, 'main'), 'GET /api/models/ns/name/tree/main'],
  [on('tree', dataset, 'refs/pr/1', 'sub/dir'), 'GET /api/datasets/ns/name/tree/refs%2Fpr%2F1/sub%2Fdir'],
  [on('tree', squad, 'main', ...odd), `GET /api/datasets/squad/tree/main/${ODD}`],
  [refs(model), 'GET /api/models/ns/name/refs'],
  [refs(squad), 'GET /api/datasets/squad/refs'],
  [on('commits', model, 'main'), 'GET /api/models/ns/name/commits/main'],
  [on('commits', dataset, 'refs', 'pr', '1'), 'GET /api/datasets/ns/name/commits/refs/pr/1'],
  [pathsInfo(model, 'main'), 'POST /api/models/ns/name/paths-info/main'],
  [pathsInfo(squad, 'refs/pr/1'), 'POST /api/datasets/squad/paths-info/refs%2Fpr%2F1'],
];

/** What a list asks; its page; what huggingface.co is asked; what a KohakuHub is asked. */
const LISTS = (
  [
    ['', [], 'sort=trendingScore&limit=100', 'sort=trending&limit=100&fallback=false'],
    [
      'author=o&search=a b&search=c&filter=x,y&pipeline_tag=p&sort=likes&direction=1&limit=9&full=1&cardData=1&gated=false',
      [['cursor', 'c=']],
      'author=o&search=a%20b&search=c&filter=x&filter=y&pipeline_tag=p&sort=likes&direction=1&limit=9&full=true&cardData=true&gated=false&cursor=c%3D',
      'author=o&search=a%20b&search=c&filter=x&filter=y&pipeline_tag=p&sort=likes&direction=1&limit=9&full=true&cardData=true&gated=false&fallback=false&cursor=c%3D',
    ],
    [
      'sort=lastModified&expand=likes',
      [['limit', '7']],
      'sort=lastModified&expand=likes&expand=lastModified&limit=7',
      'sort=updated&expand=likes&expand=lastModified&fallback=false&limit=7',
    ],
    [
      'sort=last_modified&full=true',
      [],
      'sort=lastModified&limit=100&full=true',
      'sort=updated&limit=100&full=true&fallback=false',
    ],
  ] as const
).map(([asked, page, huggingface, kohakuhub]) => ({
  name: asked || 'without parameters',
  asked,
  page,
  huggingface,
  kohakuhub,
}));

const ofList = (owner: AccountKind, list: AccountList): AccountOperation => ({
  ...{ kind: 'accountList', owner, name: 'a.b', list, page: [['cursor', 'c=']] },
});

/** A question about an account; what huggingface.co is asked; what a KohakuHub is asked (without `fallback=false`). */
const ACCOUNTS: [AccountOperation, string, string][] = [
  [{ kind: 'userProfile', name: 'a.b' }, '/api/users/a.b/overview', '/api/users/a.b/profile'],
  [{ kind: 'organizationProfile', name: 'a.b' }, '/api/organizations/a.b/overview', '/api/organizations/a.b/profile'],
  [ofList('organization', 'members'), '/api/organizations/a.b/members?cursor=c%3D', '/org/a.b/members?cursor=c%3D'],
  ...(['followers', 'following', 'likes'] as const).map((list): [AccountOperation, string, string] => [
    ...([ofList('user', list), `/api/users/a.b/${list}?cursor=c%3D`, `/api/users/a.b/${list}?cursor=c%3D`] as const),
  ]),
  [
    ofList('organization', 'followers'),
    '/api/organizations/a.b/followers?cursor=c%3D',
    '/api/organizations/a.b/followers?cursor=c%3D',
  ],
];

/** A repository; where git clones it from huggingface.co, and from a KohakuHub. */
const GIT_HOMES: [RepoId, string, string][] = [
  [model, '/ns/name', '/ns/name.git'],
  [gpt2, '/gpt2', '/gpt2.git'],
  [dataset, '/datasets/ns/name', '/datasets/ns/name.git'],
  [space, '/spaces/ns/name', '/spaces/ns/name.git'],
  [squad, '/datasets/squad', '/datasets/squad.git'],
];

const label = (operation: Operation): string => `${operation.kind} of ${operation.repo.type} ${operation.repo.name}`;
const ROWS = EVERYWHERE.map(([operation, huggingface, kohakuhub]) => ({
  ...{ name: `${label(operation)}: ${huggingface}`, operation, huggingface, kohakuhub: kohakuhub ?? huggingface },
}));

describe.each(SOURCE_TYPES)('%s', (type) => {
  const strategy = strategyFor(type);
  const localOnly = type === 'kohakuhub';

  it('bears the name under which it is listed', () => expect(STRATEGIES[type].type).toBe(type));

  it.each(ROWS)('$name', ({ operation, [type]: asked }) => {
    const { method, segments, query } = strategy.plan(operation);
    const mark = asked.includes('?') ? '&' : '?';
    expect(`${method} ${encodePath(segments)}${encodeQuery(query)}`).toBe(
      localOnly ? `${asked}${mark}fallback=false` : asked,
    );
  });

  it('the table above has every operation', () => {
    expect(new Set(ROWS.map(({ operation }) => operation.kind))).toEqual(new Set(OPERATION_KINDS));
  });

  it('paths travel in a form, and only there', () => {
    for (const { operation } of ROWS) {
      const { form } = strategy.plan(operation);
      if (operation.kind !== 'pathsInfo') expect(form).toBeUndefined();
      else expect(encodeForm(form!)).toBe('paths=a%20b&paths=c%26d%3D%C3%A9&expand=true');
    }
  });

  it('has no room for credentials: Range and If-* of a file question are all that travels besides', () => {
    const conditions = { range: 'bytes=0-1', 'if-none-match': '"x"' };
    for (const { operation } of ROWS) {
      const request = strategy.plan(operation.kind === 'resolve' ? { ...operation, conditions } : operation);
      const known = ['method', 'segments', 'query', 'form', 'conditions', 'expects', 'follow'];
      expect(Object.keys(request).filter((name) => !known.includes(name))).toEqual([]);
      expect(request.conditions).toEqual(operation.kind === 'resolve' ? conditions : undefined);
    }
  });

  it('a file comes as a stream, everything else as JSON; a described HEAD needs no more', () => {
    for (const { operation } of ROWS) {
      const isFile = operation.kind === 'resolve';
      expect(strategy.plan(operation)).toMatchObject({
        expects: isFile ? 'stream' : 'json',
        follow: isFile && operation.method === 'HEAD' ? 'unless-described' : 'always',
      });
    }
  });

  it('takes Xet hints out of what it decodes', () => {
    const hinted = { path: 'a', oid: 'o', xetHash: 'hint' };
    const decode = (operation: Operation, json: unknown): unknown =>
      strategy.decode(operation, { kind: 'reply', status: 200, headers: {}, json });
    for (const operation of [on('tree', model, 'main'), pathsInfo(model, 'main')])
      expect(decode(operation, [hinted])).toEqual([{ path: 'a', oid: 'o' }]);
    for (const operation of [info(model), on('revision', model, 'main')])
      expect(decode(operation, { id: 'ns/name', xetEnabled: true, siblings: [hinted] })).toEqual({
        ...{ id: 'ns/name', xetEnabled: false, siblings: [{ path: 'a', oid: 'o' }] },
      });
    for (const operation of [refs(model), on('commits', model, 'main')])
      expect(decode(operation, [{ id: 'c' }])).toEqual([{ id: 'c' }]);
  });

  it.each(LISTS)('list $name', ({ asked, page, [type]: expected }) => {
    const question = parseListParameters('model', [...new URLSearchParams(asked)]);
    const { method, segments, query, expects, form } = strategy.plan({ kind: 'list', question, page });
    expect(`${method} ${encodePath(segments)}${encodeQuery(query)}`).toBe(`GET /api/models?${expected}`);
    expect([expects, form]).toEqual(['json', undefined]);
  });

  it('an account’s repositories are asked for by type, or all at once', () => {
    const question = parseListParameters('dataset', [...new URLSearchParams('author=a.b&sort=likes&limit=7')]);
    const { segments, query } = strategy.plan({ kind: 'userRepos', question, page: [['limit', '9']] });
    expect(`${encodePath(segments)}${encodeQuery(query)}`).toBe(
      {
        huggingface: '/api/datasets?author=a.b&sort=likes&limit=9',
        kohakuhub: '/api/users/a.b/repos?sort=likes&fallback=false&limit=9',
      }[type],
    );
    const entries = [{ id: 'a.b/rows' }, null, { id: '../x' }];
    const reply = (json: unknown) => ({ kind: 'reply', status: 200, headers: {}, json }) as const;
    const told = strategy.userRepos === 'together' ? { models: [{ id: 'a.b/m' }], datasets: entries } : entries;
    const operation = { kind: 'userRepos', question, page: [] } as const;
    expect(strategy.classify(operation, reply(told)).verdict).toBe('serve');
    expect(strategy.classify(operation, reply({ error: 'x' })).verdict).toBe('next');
    expect(strategy.decode(operation, reply(told))).toEqual({
      entries: [{ id: 'a.b/rows' }, undefined, undefined],
      linked: true,
    });
  });

  it('a list is an array of what has an id; Xet hints are taken out, and places kept', () => {
    const operation = { kind: 'list', question: parseListParameters('model', []), page: [] } as const;
    const reply = (json: unknown) => ({ kind: 'reply', status: 200, headers: {}, json }) as const;
    expect(strategy.classify(operation, reply([])).verdict).toBe('serve');
    expect(strategy.classify(operation, reply({})).verdict).toBe('next');
    const json = [{ id: 'o/m', xetEnabled: true }, null, 5, { id: '../x' }, { id: 'gpt2', modelId: 'gpt2' }];
    expect(strategy.decode(operation, reply(json))).toMatchObject({
      entries: [{ id: 'o/m', xetEnabled: false, modelId: 'o/m' }, undefined, undefined, undefined, { id: 'gpt2' }],
    });
  });

  it.each(ACCOUNTS)('%j', (operation, huggingface, kohakuhub) => {
    const { method, segments, query, expects, form } = strategy.plan(operation);
    const asked = { huggingface, kohakuhub }[type];
    expect(`${method} ${encodePath(segments)}${encodeQuery(query)}`).toBe(
      `GET ${localOnly ? `${asked}${asked.includes('?') ? '&' : '?'}fallback=false` : asked}`,
    );
    expect([expects, form]).toEqual(['json', undefined]);
  });

  it('an account is an object with a name, and its people a list; a repository’s error codes say nothing of it', () => {
    const reply = (json: unknown) => ({ kind: 'reply', status: 200, headers: {}, json }) as const;
    for (const [operation] of ACCOUNTS) {
      const isList = operation.kind === 'accountList';
      expect(strategy.classify(operation, reply([])).verdict).toBe(isList ? 'serve' : 'next');
      expect(strategy.classify(operation, reply({ fullname: 'A' })).verdict).toBe(isList ? 'next' : 'serve');
      expect(strategy.classify(operation, reply({ error: 'A' })).verdict).toBe('next');
      const missing = { kind: 'reply', status: 404, headers: { 'x-error-code': 'EntryNotFound' } } as const;
      expect(strategy.classify(operation, missing)).toMatchObject({ verdict: 'next', category: 'not-found' });
    }
  });

  it('of people and likes that are none nothing is left', () => {
    const decode = (operation: AccountOperation, json: unknown): unknown =>
      strategy.decode(operation, { kind: 'reply', status: 200, headers: {}, json });
    const people = [{ user: 'ann', isPro: true, isFollowing: true, email: 'x' }, { user: '../x' }, null, 'ben', {}];
    const ann = { _id: '', user: 'ann', fullname: 'ann', avatarUrl: '', isPro: true, type: 'user', isFollowing: false };
    for (const json of [people, { members: people }])
      expect(decode(ofList('organization', 'members'), json)).toEqual([ann]);
    const likes = [{ repo: { name: 'a/b', type: 'model' }, createdAt: 'x' }, { repo: { name: 'a', type: 'x' } }, 5];
    expect(decode(ofList('user', 'likes'), likes)).toEqual([{ createdAt: null, repo: { name: 'a/b', type: 'model' } }]);
  });

  it.each(GIT_HOMES)('git clones %j from %s, and from a KohakuHub at %s', (repo, huggingface, kohakuhub) =>
    expect(encodePath(strategy.gitHome(repo))).toBe(type === 'huggingface' ? huggingface : kohakuhub),
  );

  it('its harmless questions are plain paths of the API', () => {
    for (const { segments } of Object.values(strategy.harmlessQuestions)) expect(segments[0]).toBe('api');
  });

  it('classify has a verdict for every outcome there is, and never throws', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('RepoNotFound', 'EntryNotFound', 'RevisionNotFound', 'GatedRepo'),
      fc.constantFrom(
        'Access to this resource is disabled.',
        'Invalid credentials in Authorization header',
        'text/html',
      ),
    );
    const name = fc.constantFrom(
      'x-error-code',
      'x-error-message',
      'x-repo-commit',
      'content-type',
      'location',
      'etag',
    );
    const outcome: fc.Arbitrary<Outcome> = fc.oneof(
      fc.record({
        kind: fc.constant('failure' as const),
        category: fc.constantFrom(...FAILURE_CATEGORIES),
        message: text,
      }),
      fc.record(
        {
          ...{ kind: fc.constant('reply' as const), status: fc.integer({ min: 100, max: 599 }), message: text },
          ...{ headers: fc.dictionary(name, text), json: fc.jsonValue(), location: fc.webUrl() },
        },
        { requiredKeys: ['kind', 'status', 'headers'] },
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(OPERATIONS)), outcome, (operation, one) => {
        const { verdict, category, repoDenied } = strategy.classify(operation, one);
        expect(['serve', 'propagate', 'next']).toContain(verdict);
        expect(ATTEMPT_CATEGORIES).toContain(category);
        expect(verdict === 'serve').toBe(category === 'ok');
        if (one.kind === 'failure') expect({ verdict, repoDenied }).toEqual({ verdict: 'next', repoDenied: false });
        if (verdict === 'serve' && operation.kind !== 'resolve')
          expect(typeof (one as { json: unknown }).json).toBe('object');
      }),
      { numRuns: 1000 },
    );
  });
});
