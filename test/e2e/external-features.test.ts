import { commitBody, fileLine } from '../support/commit-body.js';
import { bytes, html, json, text } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';
import { describeFullSource, fullSource } from './full-source-suite.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const COMMIT = 'a'.repeat(40);
const author = { name: 'kim', avatarUrl: '/avatars/kim.svg' };
const discussion = {
  num: 7,
  title: 'Wrong labels',
  status: 'open',
  createdAt: '2024-05-01T10:00:00.000Z',
  isPullRequest: false,
  repo: { name: 'lab/net', type: 'model' },
  author,
};
const kim = { _id: '1', user: 'kim', fullname: 'Kim', avatarUrl: '/avatars/kim.svg', type: 'user' };

const commit = { id: COMMIT, title: 'Add files', message: '', date: '2024-05-01T10:00:00.000Z' };
const event = { id: 'e', type: 'pinning-change', createdAt: commit.date };

const COMPARE = '/api/models/lab/net/compare';
/** A diff of a file that is not UTF-8. */
const DIFF = Buffer.concat([Buffer.from('--- a/x\n+++ b/x\n-a\n+\xe9\n', 'latin1'), Buffer.alloc(2_000_000, 'x')]);

/** A hub with one model, `lab/net`, which has a discussion and a liker. */
const hubWithDiscussions: Responder = (response, request) => {
  const [path = '', query = ''] = request.url.split('?');
  const replies: Readonly<Record<string, Responder>> = {
    '/api/models/lab/net': json(200, {
      id: 'lab/net',
      sha: COMMIT,
      author: 'lab',
      authorData: { ...author, type: 'user' },
    }),
    '/api/models/lab/net/discussions': json(200, { discussions: [discussion], count: 12, start: 0, query }),
    '/api/models/lab/net/discussions/7': json(200, { ...discussion, events: [{ ...event, author: { name: 'lee' } }] }),
    '/api/models/lab/net/revision/main': json(200, {
      id: 'lab/net',
      author: 'lab',
      authorData: { ...author, type: 'user' },
    }),
    '/api/models/lab/net/commits/main': json(200, [
      { ...commit, authors: [{ user: 'kim', avatar: '/avatars/kim.svg' }, { user: 'Jo Doe <jo@example.com>' }] },
    ]),
    [`${COMPARE}/main..dev`]: bytes(200, DIFF, { 'content-type': 'text/x-diff' }),
    [`${COMPARE}/main..page`]: html(),
    [`${COMPARE}/main..gone`]: text(404, 'No such revision', { 'x-error-code': 'RevisionNotFound' }),
    '/api/models/lab/net/likers': json(200, [kim], { link: '</api/models/lab/net/likers?cursor=n>; rel="next"' }),
  };
  return (replies[path] ?? json(404, { error: 'This page does not exist' }))(response, request);
};

/** A hub with the model `old/net`, but without discussions, like KohakuHub. */
const hubWithoutDiscussions: Responder = (response, request) => {
  const isModel = /^\/api\/models\/old\/(?:net|bare)(?:\?.*)?$/.test(request.url);
  if (isModel) return json(200, { id: 'old/net', sha: COMMIT })(response, request);
  const isFeature = /\/old\/net\/(?:discussions|likers|compare)/.test(request.url);
  const isUnknown = isFeature || request.url.includes('/old/bare/');
  if (!isUnknown) return json(404, {}, { 'x-error-code': 'RepoNotFound' })(response, request);
  return json(isFeature ? 501 : 404, { detail: 'Not implemented' })(response, request);
};

/** The other sources do not have the accounts of `fullSource`. */
const OTHERS = { exclude: ['full/*', 'fay/*', 'down/*'] };

let hub: HubWithSources;
const urls = (): string[] => hub.sources.flatMap(({ requests }) => requests.map(({ url }) => url));
const get = (path: string) => hub.sendRequest(path);

const marks = () => ({ _source: 'A', _source_url: hub.sources[0]!.url });
/** The marks of an account whose name means a local user here, so its page is at the source. */
const kimAtSource = () => {
  const { url } = hub.sources[0]!;
  return { ...marks(), _profile_url: `${url}/kim`, avatarUrl: `${url}/avatars/kim.svg` };
};

beforeAll(async () => {
  hub = await startHubWithSources([hubWithDiscussions, hubWithoutDiscussions, fullSource], { facts: [OTHERS, OTHERS] });
  await createTestUser(hub.hub, 'kim');
});
afterAll(() => hub.close());
beforeEach(() => hub.sources.forEach((source) => source.forget()));

describe('discussions and likers of an external repository', () => {
  it('are those of its source, with the parameters of the client', async () => {
    const page = await get('/api/models/lab/net/discussions?p=1&status=open&token=secret');
    const relayed = { ...discussion, author: { ...author, ...kimAtSource() } };
    expect(page.json()).toEqual({ discussions: [relayed], count: 12, start: 0, query: 'p=1&status=open' });
    expect(page.headers['x-source']).toBe('A');
    const lee = { name: 'lee', ...marks(), _profile_url: `${hub.hub.url}/lee` }; // no other account is named lee
    expect((await get('/api/models/lab/net/discussions/7')).json()).toEqual({
      ...relayed,
      events: [{ ...event, author: lee }],
    });
    const likers = await get('/api/models/lab/net/likers');
    expect(likers.json()).toMatchObject([{ user: 'kim', fullname: 'Kim', ...kimAtSource(), avatarUrl: '' }]);
    expect(likers.headers['link']).toContain(`${hub.hub.url}/api/models/lab/net/likers?cursor=n`);
  });

  it('name accounts of the source, as do commits and the repository', async () => {
    const { avatarUrl: avatar, ...kimMarks } = kimAtSource();
    const authors = [
      { user: 'kim', avatar, ...kimMarks },
      { user: 'Jo Doe <jo@example.com>', ...marks() },
    ];
    expect((await get('/api/models/lab/net/commits/main')).json()).toEqual([{ ...commit, authors }]);
    for (const path of ['', '/revision/main'])
      expect((await get(`/api/models/lab/net${path}`)).json()).toMatchObject({
        author: 'lab',
        authorData: { ...author, type: 'user', ...kimAtSource() },
        ...marks(),
      });
  });

  it.each([
    ['the discussions', '/discussions'],
    ['the likers', '/likers'],
    ['comparisons', '/compare/main..dev'],
  ])('%s are 501 with the reason if the source does not have them', async (feature, path) => {
    for (const model of ['net', 'bare']) {
      const response = await get(`/api/models/old/${model}${path}`);
      expect([response.status, response.headers['x-error-code']]).toEqual([501, 'NotImplemented']);
      expect(response.json()).toEqual({ error: `The source B does not provide ${feature} of its repositories.` });
      expect((await get(`/api/models/old/${model}`)).status).toBe(200);
    }
  });

  it('are 404 for missing repositories and discussions', async () => {
    const missing = await get('/api/models/lab/missing/discussions');
    expect([missing.status, missing.headers['x-error-code']]).toEqual([404, 'RepoNotFound']);
    expect((await get('/api/models/lab/net/discussions/8')).status).toBe(404);
    expect((await get('/api/models/lab/net/discussions/x/y')).status).toBe(404);
  });

  it('are not requested from sources with fallback=false', async () => {
    expect((await get('/api/models/lab/net/discussions?fallback=false')).status).toBe(404);
    expect(urls()).toEqual([]);
  });

  it('cannot be created', async () => {
    const response = await hub.sendRequest('/api/models/lab/net/discussions', { method: 'POST', json: { title: 'x' } });
    expect(response.status).toBe(501);
    expect(urls()).toEqual([]);
  });
});

describe('comparisons of an external repository', () => {
  it.each(['main..dev', 'main..dev?raw=true&other=x'])('%s is that of its source, byte by byte', async (range) => {
    const { status, headers, body } = await get(`${COMPARE}/${range}`);
    expect([status, headers['content-type'], headers['x-source'], headers['content-security-policy']]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'A',
      "default-src 'none'; sandbox",
    ]);
    expect(body.equals(DIFF)).toBe(true);
    expect(urls()).toContain(`${COMPARE}/${range.replace('&other=x', '')}`);
  });

  it('are errors of the source, not empty, if it does not send text or does not have the revision', async () => {
    const page = await get(`${COMPARE}/main..page`);
    expect([page.status, (page.json() as { error: string }).error]).toEqual([
      502,
      expect.stringContaining('It responded with a web page instead of text'),
    ]);
    const gone = await get(`${COMPARE}/main..gone`);
    expect([gone.status, gone.headers['x-error-code']]).toEqual([404, 'RevisionNotFound']);
  });

  it('are not requested from sources with fallback=false or an invalid parameter', async () => {
    expect((await get(`${COMPARE}/main..dev?fallback=false`)).status).toBe(404);
    expect((await get(`${COMPARE}/main..dev?raw=maybe`)).status).toBe(400);
    expect(urls()).toEqual([]);
  });
});

describe('words of the API of huggingface.co', () => {
  it.each([
    '/api/spaces/hardware',
    '/api/spaces/templates',
    '/api/spaces/semantic-search?q=cats',
    '/api/spaces/Hardware/tree/main',
    '/api/models/semantic-search?q=cats',
    '/api/datasets/trending',
  ])('%s is 501 with the reason, and not the id of a repository', async (path) => {
    const response = await get(path);
    expect([response.status, response.headers['x-error-code']]).toEqual([501, 'NotImplemented']);
    expect((response.json() as { error: string }).error).toMatch(/^This hub .*\.$/);
    expect(urls()).toEqual([]);
  });

  it('are not looked up in a dry run either', async () => {
    const response = await hub.sendRequest('/admin/api/fallback/test/simulate', {
      method: 'POST',
      headers: { 'x-admin-token': hub.hub.adminToken },
      json: { op: 'info', repo_type: 'space', namespace: '', name: 'hardware' },
    });
    expect(response.status).toBe(501);
    expect(urls()).toEqual([]);
  });

  it('do not include Spaces without a namespace, which do not exist', async () => {
    const response = await get('/api/spaces/anything');
    expect([response.status, response.headers['x-error-code']]).toEqual([404, 'RepoNotFound']);
    expect(urls()).toEqual([]);
  });

  it('can be names within a namespace', async () => {
    expect((await get('/api/spaces/hardware/templates')).status).toBe(404);
    expect(urls()).not.toEqual([]);
  });
});

describe('likes of local repositories', () => {
  let [ann, bob]: TestUser[] = [];
  const send = (path: string, user?: TestUser, method: 'GET' | 'POST' | 'DELETE' = 'GET') =>
    hub.sendRequest(path, { method, headers: user?.headers });
  const like = async (path: string, user: TestUser, method: 'GET' | 'POST' | 'DELETE' = 'POST') =>
    (await send(`/api/${path}/like`, user, method)).json();
  const likesOf = async (path: string): Promise<unknown> =>
    ((await send(`/api/${path}`)).json() as { likes: number }).likes;

  beforeAll(async () => {
    [ann, bob] = [await createTestUser(hub.hub, 'ann'), await createTestUser(hub.hub, 'bob')];
    await createTestOrganization(hub.hub, 'Team', { ann: 'admin' });
    const create = async (type: 'model' | 'dataset', path: string, isPrivate = false) => {
      const [namespace, name] = path.split('/') as [string, string];
      const json = { name, organization: namespace, type, private: isPrivate };
      expect((await hub.sendRequest('/api/repos/create', { method: 'POST', json, headers: ann!.headers })).status).toBe(
        200,
      );
    };
    for (const name of ['one', 'two', 'three']) await create('model', `Team/${name}`);
    await create('dataset', 'Team/data');
    await create('model', 'Team/secret', true);
  });

  it('are counted once per user, and can be removed', async () => {
    expect(await like('models/Team/one', ann!, 'GET')).toEqual({ liked: false, likes: 0 });
    expect(await like('models/Team/one', ann!)).toEqual({ liked: true, likes: 1 });
    expect(await like('models/team/one', ann!)).toEqual({ liked: true, likes: 1 });
    expect(await like('models/Team/one', bob!)).toEqual({ liked: true, likes: 2 });
    expect([await likesOf('models/Team/one'), await likesOf('models/Team/one?expand=likes')]).toEqual([2, 2]);
    expect(await like('models/Team/one', bob!, 'DELETE')).toEqual({ liked: false, likes: 1 });
    expect(await like('models/Team/one', bob!, 'DELETE')).toEqual({ liked: false, likes: 1 });
  });

  it('sort lists, page by page', async () => {
    await like('models/Team/two', ann!);
    await like('models/Team/two', bob!);
    const ids: string[] = [];
    for (let path = '/api/models?author=Team&sort=likes&limit=1&fallback=false'; path !== '';) {
      const { headers, json } = await send(path);
      ids.push(...(json() as { id: string; likes: number }[]).map(({ id, likes }) => `${id} ${likes}`));
      path = /<https?:\/\/[^/]+([^>]+)>/.exec(headers['link'] ?? '')?.[1] ?? '';
    }
    expect(ids).toEqual(['Team/two 2', 'Team/one 1', 'Team/three 0']);
  });

  it('list their users, the latest first', async () => {
    const likers = await send('/api/models/Team/two/likers?limit=1');
    expect(likers.json()).toEqual([
      {
        _id: expect.any(String),
        user: 'bob',
        fullname: 'bob',
        avatarUrl: '',
        isPro: false,
        type: 'user',
        isFollowing: false,
      },
    ]);
    const next = /<([^>]+)>; rel="next"/.exec(likers.headers['link']!)![1]!.slice(hub.hub.url.length);
    const last = await send(next);
    expect([last.json(), last.headers['link']]).toMatchObject([[{ user: 'ann' }], undefined]);
  });

  it('are listed with their user, without repositories that the caller cannot see', async () => {
    await like('datasets/Team/data', ann!);
    await like('models/Team/secret', ann!);
    const liked = async (path: string, user?: TestUser) =>
      ((await send(path, user)).json() as { repo: { name: string } }[]).map(({ repo }) => repo.name);
    expect(await liked('/api/users/ann/likes')).toEqual(['Team/data', 'Team/two', 'Team/one']);
    expect(await liked('/api/users/ann/likes', bob)).toEqual(['Team/data', 'Team/two', 'Team/one']);
    expect(await liked('/api/users/ann/likes', ann)).toEqual(['Team/secret', 'Team/data', 'Team/two', 'Team/one']);
    const page = await send('/api/users/ann/likes?limit=1');
    const [entry] = page.json() as object[];
    expect(entry).toEqual({ createdAt: expect.stringMatching(/Z$/), repo: { name: 'Team/data', type: 'dataset' } });
    const next = /<([^>]+)>; rel="next"/.exec(page.headers['link']!)![1]!.slice(hub.hub.url.length);
    expect(await liked(next)).toEqual(['Team/two']);
    expect((await send('/api/users/ann/overview')).json()).toMatchObject({ numLikes: 3 });
  });

  it('are not listed with their user while their repository is disabled', async () => {
    const headers = { 'x-admin-token': hub.hub.adminToken };
    const names = async (): Promise<string[]> =>
      ((await send('/api/users/bob/likes')).json() as { repo: { name: string } }[]).map(({ repo }) => repo.name);
    const disable = (disabled: boolean) =>
      hub.sendRequest('/admin/api/repositories/model/Team/two', { method: 'PUT', headers, json: { disabled } });
    expect(await names()).toEqual(['Team/two']);
    expect((await disable(true)).status).toBe(200);
    expect(await names()).toEqual([]);
    expect((await disable(false)).status).toBe(200);
  });

  it('need an account, and a repository that it can see', async () => {
    const reader = await createTestUser(hub.hub, 'ann', 'read');
    expect((await send('/api/models/Team/one/like', undefined, 'POST')).status).toBe(401);
    expect((await send('/api/models/Team/one/like', reader, 'POST')).status).toBe(403);
    for (const [user, method] of [
      [bob!, 'POST'],
      [bob!, 'GET'],
    ] as const)
      expect((await send('/api/models/Team/secret/like', user, method)).status).toBe(404);
    expect((await send('/api/models/Team/secret/likers', bob)).status).toBe(404);
  });

  it('external repositories refuse them, and other requests for local ones, with the name of the source', async () => {
    for (const [method, path] of [
      ['POST', '/api/models/lab/net/like'],
      ['GET', '/api/models/lab/net/like'],
      ['POST', '/lab/net/ask-access'],
      ['GET', '/api/models/lab/net/lfs-files'],
      ['GET', '/api/models/lab/net/user-access-request/pending'],
    ] as const) {
      const refused = await send(path, ann, method);
      expect([path, refused.status, refused.headers['x-error-code']]).toEqual([path, 501, 'NotImplemented']);
      expect((refused.json() as { error: string }).error).toBe(
        `The model "lab/net" belongs to the source "A", and this hub has no account there. Send this request to ${hub.sources[0]!.url}.`,
      );
      expect((await send(path.replace('net', 'missing'), ann, method)).status).toBe(404);
    }
  });

  it('end with their account and with their repository', async () => {
    const admin = { 'x-admin-token': hub.hub.adminToken };
    const gone = await createTestUser(hub.hub, 'gone');
    await like('models/Team/three', gone);
    const headers = { ...admin, 'content-type': 'application/json' };
    expect((await hub.sendRequest('/admin/api/accounts/gone', { method: 'DELETE', headers })).status).toBeLessThan(300);
    expect(await likesOf('models/Team/three')).toBe(0);
    const json = { name: 'two', organization: 'Team', type: 'model' };
    await hub.sendRequest('/api/repos/delete', { method: 'DELETE', json, headers: ann!.headers });
    expect((await send('/api/users/bob/likes')).json()).toEqual([]);
  });
});

describe('the tags of repositories by type', () => {
  const tags = async (path: string) => {
    const { status, headers, json: parsed } = await hub.sendRequest(path);
    return { status, failures: headers['x-source-failures'], tags: parsed() as Record<string, { id: string }[]> };
  };
  const card = [
    'library_name: transformers',
    'pipeline_tag: fill-mask',
    'language: [en, de]',
    'license: mit',
    'tags: [pytorch, own]',
  ];

  beforeAll(async () => {
    const zoe = await createTestUser(hub.hub, 'zoe');
    const headers = { ...zoe.headers };
    for (const [name, isPrivate] of [
      ['public', false],
      ['hidden', true],
    ] as const) {
      await hub.sendRequest('/api/repos/create', { method: 'POST', json: { name, private: isPrivate }, headers });
      const text = `---\n${card.join('\n')}${isPrivate ? '\nlibrary_name2: x\n' : '\n'}---\n`.replace(
        'own',
        isPrivate ? 'secret' : 'own',
      );
      const ndjson = { ...headers, 'content-type': 'application/x-ndjson' };
      const body = commitBody('card', fileLine('README.md', text));
      await hub.sendRequest(`/api/models/zoe/${name}/commit/main`, { method: 'POST', headers: ndjson, body });
    }
  });

  it('are merged with the tags of sources, whose labels have precedence, without private repositories', async () => {
    const { failures, tags: all } = await tags('/api/models-tags-by-type');
    expect(all).toEqual({
      library: [
        { id: 'pytorch', label: 'PyTorch', type: 'library', clickable: true },
        { id: 'transformers', label: 'transformers', type: 'library' },
      ],
      pipeline_tag: [{ id: 'fill-mask', label: 'fill-mask', type: 'pipeline_tag' }],
      language: [
        { id: 'de', label: 'de', type: 'language' },
        { id: 'en', label: 'en', type: 'language' },
      ],
      license: [{ id: 'license:mit', label: 'mit', type: 'license' }],
      other: [{ id: 'own', label: 'own', type: 'other' }],
    });
    expect(failures).toBe('A;not-found, B;not-found');
  });

  it('can be restricted to a type, and to this hub', async () => {
    expect(Object.keys((await tags('/api/models-tags-by-type?type=license')).tags)).toEqual(['license']);
    const local = await tags('/api/models-tags-by-type?type=library&fallback=false');
    expect(local).toEqual({
      status: 200,
      failures: undefined,
      tags: { library: [{ id: 'transformers', label: 'transformers', type: 'library' }] },
    });
  });
});

describeFullSource(() => hub);
