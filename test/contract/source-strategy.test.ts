import type { AccountKind, AccountList } from '../../src/domain/account.js';
import type { AccountOperation, Operation } from '../../src/domain/operation.js';
import type { RepoId } from '../../src/domain/repo-id.js';
import { parseListParameters } from '../../src/lists/list-parameters.js';
import { strategyFor } from '../../src/fallback/strategies/strategies.js';
import { testStrategy, type Golden, type GoldenReply } from '../support/test-strategy.js';

const model: RepoId = { type: 'model', namespace: 'ns', name: 'name' };
const dataset: RepoId = { type: 'dataset', namespace: 'ns', name: 'name' };
const space: RepoId = { type: 'space', namespace: 'ns', name: 'name' };
const gpt2: RepoId = { type: 'model', namespace: '', name: 'gpt2' };
const squad: RepoId = { type: 'dataset', namespace: '', name: 'squad' };

const file = (repo: RepoId, facts: Partial<Extract<Operation, { kind: 'resolve' }>> = {}): Operation => ({
  kind: 'resolve',
  raw: false,
  method: 'HEAD',
  repo,
  revision: 'main',
  path: ['a.txt'],
  query: [],
  conditions: {},
  ...facts,
});
const info = (repo: RepoId): Operation => ({ kind: 'info', repo, query: [] });
const refs = (repo: RepoId): Operation => ({ kind: 'refs', repo, query: [] });
const discussions = (repo: RepoId, number?: string): Operation => ({ kind: 'discussions', repo, query: [], number });
const HISTORY_ITEM = { id: 'c', title: 't', message: '', date: '2024-05-01T10:00:00.000Z', authors: [{ user: 'ann' }] };
const on = (
  kind: 'revision' | 'tree' | 'treesize' | 'commits' | 'compare',
  repo: RepoId,
  ...rest: string[]
): Operation => ({
  kind,
  repo,
  rest,
  query: [],
});
const pathsInfo = (repo: RepoId, ...rest: string[]): Operation => ({
  kind: 'pathsInfo',
  repo,
  rest,
  query: [],
  paths: ['a b', 'c&d=é'],
  expand: true,
});
const odd = ['sub dir', 'a#b?c%d+é.txt'];
const ODD = 'sub%20dir/a%23b%3Fc%25d%2B%C3%A9.txt';

/** An operation, the request to huggingface.co, and the request to a KohakuHub (without `fallback=false`) if it differs. */
const REPO_REQUESTS: [Operation, string, string?][] = [
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
  [on('compare', model, 'main..dev'), 'GET /api/models/ns/name/compare/main..dev'],
  [
    { ...on('compare', squad, 'refs', 'pr', '1..main'), query: [['raw', 'true']] },
    'GET /api/datasets/squad/compare/refs/pr/1..main?raw=true',
  ],
  [discussions(model), 'GET /api/models/ns/name/discussions'],
  [discussions(squad, '7'), 'GET /api/datasets/squad/discussions/7'],
  [{ kind: 'likers', repo: space, query: [] }, 'GET /api/spaces/ns/name/likers'],
  [on('treesize', dataset, 'main', 'data', 'train'), 'GET /api/datasets/ns/name/treesize/main/data/train'],
  [pathsInfo(model, 'main'), 'POST /api/models/ns/name/paths-info/main'],
  [pathsInfo(squad, 'refs/pr/1'), 'POST /api/datasets/squad/paths-info/refs%2Fpr%2F1'],
];

/** The query of a list, its page, the query to huggingface.co, and the query to a KohakuHub. */
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
).map(([query, page, huggingface, kohakuhub]) => ({
  name: query || 'without parameters',
  query,
  page,
  huggingface,
  kohakuhub,
}));

const ofList = (owner: AccountKind, list: AccountList): AccountOperation => ({
  kind: 'accountList',
  owner,
  name: 'a.b',
  list,
  page: [['cursor', 'c=']],
});

/** An account operation, the path on huggingface.co, and the path on a KohakuHub (without `fallback=false`). */
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

/** A repository, and its git path on huggingface.co and on a KohakuHub. */
const GIT_PATHS: [RepoId, string, string][] = [
  [model, '/ns/name', '/ns/name.git'],
  [gpt2, '/gpt2', '/gpt2.git'],
  [dataset, '/datasets/ns/name', '/datasets/ns/name.git'],
  [space, '/spaces/ns/name', '/spaces/ns/name.git'],
  [squad, '/datasets/squad', '/datasets/squad.git'],
];

const userRepos = {
  kind: 'userRepos',
  query: parseListParameters('dataset', [...new URLSearchParams('author=a.b&sort=likes&limit=7')]),
  page: [['limit', '9']],
} as const;
const firstList = { kind: 'list', query: parseListParameters('model', []), page: [] } as const;
const FORM = 'paths=a%20b&paths=c%26d%3D%C3%A9&expand=true';

/** The expected requests of a source type. Requests to a KohakuHub are for its local content only. */
function requestsOf(type: 'huggingface' | 'kohakuhub'): Golden['requests'] {
  const isKohaku = type === 'kohakuhub';
  const localOnly = (path: string): string =>
    isKohaku ? `${path}${path.includes('?') ? '&' : '?'}fallback=false` : path;
  return [
    ...REPO_REQUESTS.map(([operation, huggingface, kohakuhub = huggingface]): Golden['requests'][number] => {
      const path = localOnly(isKohaku ? kohakuhub : huggingface);
      return [operation, operation.kind === 'pathsInfo' ? `${path} ${FORM}` : path];
    }),
    ...LISTS.map(({ query, page, [type]: sourceQuery }): Golden['requests'][number] => {
      const listQuery = parseListParameters('model', [...new URLSearchParams(query)]);
      return [{ kind: 'list', query: listQuery, page }, `GET /api/models?${sourceQuery}`];
    }),
    ...ACCOUNTS.map(([operation, huggingface, kohakuhub]): Golden['requests'][number] => [
      operation,
      `GET ${localOnly(isKohaku ? kohakuhub : huggingface)}`,
    ]),
    [{ kind: 'tags', type: 'dataset' }, `GET ${localOnly('/api/datasets-tags-by-type')}`],
    [
      userRepos,
      isKohaku
        ? 'GET /api/users/a.b/repos?sort=likes&fallback=false&limit=9'
        : 'GET /api/datasets?author=a.b&sort=likes&limit=9',
    ],
  ];
}

const XET_HASH = 'e'.repeat(64);
const accounts = [
  { user: 'ann', isPro: true, isFollowing: true, isHf: true, email: 'x' },
  { user: '../x' },
  null,
  'ben',
  {},
];
const ann = {
  _id: '',
  user: 'ann',
  fullname: 'ann',
  avatarUrl: '',
  isPro: true,
  type: 'user',
  isFollowing: false,
  isHf: true,
};
const COMMIT = 'a'.repeat(40);

/** Replies that both source types share. Malformed entries and Xet hints are removed. */
const COMMON_REPLIES: readonly GoldenReply[] = [
  { operation: file(model), replies: [{ headers: { 'x-repo-commit': COMMIT } }], json: undefined },
  ...[on('tree', model, 'main'), pathsInfo(model, 'main')].map((operation) => ({
    operation,
    replies: [
      { json: ['hint', XET_HASH, XET_HASH.toUpperCase()].map((xetHash) => ({ path: 'a', oid: 'o', xetHash })) },
    ],
    json: [
      { path: 'a', oid: 'o' },
      { path: 'a', oid: 'o', xetHash: XET_HASH },
      { path: 'a', oid: 'o' },
    ],
  })),
  ...[info(model), on('revision', model, 'main')].map((operation) => ({
    operation,
    replies: [{ json: { id: 'ns/name', xetEnabled: true, siblings: [{ rfilename: 'a', xetHash: 'h' }] } }],
    json: { id: 'ns/name', xetEnabled: true, siblings: [{ rfilename: 'a' }] },
  })),
  { operation: refs(model), replies: [{ json: { branches: [] } }], json: { branches: [] } },
  { operation: on('commits', model, 'main'), replies: [{ json: [HISTORY_ITEM] }], json: [HISTORY_ITEM] },
  {
    operation: discussions(model),
    replies: [{ json: { discussions: [] } }],
    json: { discussions: [], start: 0, count: 0 },
  },
  { operation: on('compare', model, 'main..dev'), replies: [{ json: '+a' }], json: '+a' },
  {
    operation: on('treesize', model, 'main'),
    replies: [{ json: { path: 7, size: 12 } }],
    json: { size: 12 },
  },
  ...[accounts, { likers: [{ username: 'ann', isPro: true, isHf: true }] }].map((json) => ({
    operation: { kind: 'likers' as const, repo: model, query: [] },
    replies: [{ json }],
    json: [ann],
  })),
  {
    operation: { kind: 'tags', type: 'model' },
    replies: [{ json: { license: [{ id: 'license:mit', label: 'MIT', type: 'license' }, { id: 7 }], note: 'x' } }],
    json: { license: [{ id: 'license:mit', label: 'MIT', type: 'license' }] },
  },
  ...[accounts, { members: accounts }].map((json) => ({
    operation: ofList('organization', 'members'),
    replies: [{ json }],
    json: [ann],
  })),
  {
    operation: ofList('user', 'likes'),
    replies: [
      { json: [{ repo: { name: 'a/b', type: 'model' }, createdAt: 'x' }, { repo: { name: 'a', type: 'x' } }, 5] },
    ],
    json: [{ createdAt: null, repo: { name: 'a/b', type: 'model' } }],
  },
  {
    operation: firstList,
    replies: [{ json: [{ id: 'o/m', xetEnabled: true, _source: 's' }, null, 5, { id: '../x' }] }],
    json: {
      entries: [{ id: 'o/m', modelId: 'o/m', xetEnabled: false, _source: 's' }, undefined, undefined, undefined],
      linked: true,
    },
  },
];

const userReposPage = { entries: [{ id: 'a.b/rows' }, undefined, undefined], linked: true };
const entries = [{ id: 'a.b/rows' }, null, { id: '../x' }];

const missing = { status: 404, headers: { 'x-error-code': 'EntryNotFound' } };
const signIn = { status: 401, headers: { 'x-error-message': 'Invalid username or password.' } };
/** Sent by gateways, storages and web frameworks for addresses and routes that they do not have, and by static mirrors for missing repositories. */
const FOREIGN_REFUSALS: Golden['classifications'][number][1][number][] = [404, 410].flatMap((status) => [
  { status },
  { status, headers: { 'content-type': 'application/xml' }, message: '<Error><Code>NoSuchKey</Code></Error>' },
  { status, headers: { 'content-type': 'application/json' }, message: '{}' },
  { status, message: 'no Route matched with those values', messageField: 'message' }, // Kong
  { status, message: 'Not Found', messageField: 'error' }, // Spring, Nest
  { status, message: '404 page not found', messageField: 'error' },
  { status, message: 'Not Found', messageField: 'detail' }, // FastAPI
  { status, message: 'Item x not found', messageField: 'detail' },
]);
const HUB_REFUSALS: typeof FOREIGN_REFUSALS = [
  { status: 404, headers: { 'x-error-code': 'RepoNotFound' } },
  { status: 404, headers: { 'x-error-message': 'Repository not found' } },
  { status: 410, message: 'Repository not found', messageField: 'error' },
];
const CLASSIFICATIONS: Golden['classifications'] = [
  [firstList, [{ status: 200, json: {} }], { verdict: 'next' }],
  [userRepos, [{ status: 200, json: { error: 'x' } }], { verdict: 'next' }],
  [file(model), [missing], { verdict: 'propagate', category: 'not-found' }],
  [info(model), [signIn], { verdict: 'next', category: 'not-found', repoDenied: true }],
  [info(model), [{ status: 401 }], { verdict: 'next', category: 'other' }],
  [info(model), [{ status: 404, headers: { 'content-type': 'text/plain' } }], { verdict: 'next', category: 'other' }],
  ...FOREIGN_REFUSALS.flatMap((reply): Golden['classifications'] =>
    [info(model), file(model)].map((operation) => [
      operation,
      [reply],
      { verdict: 'next', category: 'not-found', mayBeOfGateway: true },
    ]),
  ),
  ...HUB_REFUSALS.map((reply): Golden['classifications'][number] => [
    info(model),
    [reply],
    { verdict: 'next', category: 'not-found', repoDenied: true },
  ]),
  [
    discussions(model),
    [{ status: 404, message: 'Not Found', messageField: 'detail' }], // KohakuHub has no discussions
    { verdict: 'next', category: 'not-found', repoDenied: false },
  ],
  ...ACCOUNTS.map(([operation]): Golden['classifications'][number] => [
    operation,
    [{ status: 404, message: 'User not found', messageField: 'detail' }],
    { verdict: 'next', category: 'not-found' },
  ]),
  [info(model), [{ status: 429 }], { verdict: 'next', category: 'rate-limited' }],
  ...ACCOUNTS.flatMap(([operation]): Golden['classifications'] => [
    [operation, [{ status: 200, json: [] }], { verdict: operation.kind === 'accountList' ? 'serve' : 'next' }],
    [
      operation,
      [{ status: 200, json: { fullname: 'A' } }],
      { verdict: operation.kind === 'accountList' ? 'next' : 'serve' },
    ],
    [operation, [{ status: 200, json: { error: 'A' } }], { verdict: 'next' }],
    [operation, [missing], { verdict: 'next', category: 'not-found' }], // an error code of repositories only
  ]),
];

testStrategy(strategyFor('huggingface'), {
  requests: requestsOf('huggingface'),
  replies: [...COMMON_REPLIES, { operation: userRepos, replies: [{ json: entries }], json: userReposPage }],
  classifications: CLASSIFICATIONS,
  gitPaths: GIT_PATHS.map(([repo, path]) => [repo, path]),
  rateLimitBuckets: ['api', 'resolvers', 'pages'],
});

testStrategy(strategyFor('kohakuhub'), {
  requests: requestsOf('kohakuhub'),
  replies: [
    ...COMMON_REPLIES,
    {
      operation: userRepos,
      replies: [{ json: { models: [{ id: 'a.b/m' }], datasets: entries } }],
      json: userReposPage,
    },
  ],
  classifications: CLASSIFICATIONS,
  gitPaths: GIT_PATHS.map(([repo, , path]) => [repo, path]),
  rateLimitBuckets: [undefined],
});
