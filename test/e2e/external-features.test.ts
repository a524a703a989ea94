import { json } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { createTestUser } from '../support/test-users.js';
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
    '/api/models/lab/net/likers': json(200, [kim], { link: '</api/models/lab/net/likers?cursor=n>; rel="next"' }),
  };
  return (replies[path] ?? json(404, { error: 'This page does not exist' }))(response, request);
};

/** A hub with the model `old/net`, but without discussions, like KohakuHub. */
const hubWithoutDiscussions: Responder = (response, request) => {
  const isModel = /^\/api\/models\/old\/(?:net|bare)(?:\?.*)?$/.test(request.url);
  if (isModel) return json(200, { id: 'old/net', sha: COMMIT })(response, request);
  const isFeature = /\/old\/net\/(?:discussions|likers)/.test(request.url);
  const isUnknown = isFeature || request.url.includes('/old/bare/');
  if (!isUnknown) return json(404, {}, { 'x-error-code': 'RepoNotFound' })(response, request);
  return json(isFeature ? 501 : 404, { detail: 'Not implemented' })(response, request);
};

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
  hub = await startHubWithSources([hubWithDiscussions, hubWithoutDiscussions]);
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

  it.each(['discussions', 'likers'])('%s are 501 with the reason if the source does not have them', async (feature) => {
    for (const model of ['net', 'bare']) {
      const response = await get(`/api/models/old/${model}/${feature}`);
      expect([response.status, response.headers['x-error-code']]).toEqual([501, 'NotImplemented']);
      expect(response.json()).toEqual({ error: `The source B does not provide the ${feature} of its repositories.` });
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

describe('words of the API of huggingface.co', () => {
  it.each([
    '/api/spaces/hardware',
    '/api/spaces/templates',
    '/api/spaces/semantic-search?q=cats',
    '/api/spaces/Hardware/tree/main',
    '/api/models/semantic-search?q=cats',
    '/api/datasets/trending',
    '/api/models-tags-by-type',
    '/api/datasets-tags-by-type',
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
