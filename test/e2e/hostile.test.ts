import { gzipSync } from 'node:zlib';
import { bytes, drip, hang, html, json, redirect, reset, truncated } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const SHA = 'a'.repeat(40);
const TOKEN = 'hf_token-of-the-source';
const described = { 'x-repo-commit': SHA, etag: `"${'b'.repeat(40)}"` };

let world: HubWithSources;
let repos = 0;
const newRepo = (): string => `o/r${++repos}`;
const answerWith = (reply: Responder): void => void (world.sources[0]!.reply = reply);

beforeAll(async () => {
  world = await hubWithSources([bytes(404, '')], {
    facts: [{ token: TOKEN, name: '模型 hub\u00e9' }],
    env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '2', KOHAKU_HUB_FALLBACK_DEADLINE: '3', KOHAKU_HUB_FALLBACK_NEGATIVE_TTL: '0' },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  answerWith(json(200, { id: 'calm' }));
  await world.ask(`/api/models/${newRepo()}`);
  world.sources[0]!.forget();
});

describe('a client that tries to climb out of a repository', () => {
  const climbs = [
    '..',
    '%2e%2e',
    '%2E%2e',
    '.%2e',
    '%2e',
    '..%2f..',
    '..%2F..%2Fapi%2Fwhoami-v2',
    'a%2f..%2fb',
    '%5c..',
    '..%5c',
    'a%5Cb',
    'a%00b',
    '',
  ];
  it.each(climbs)('"%s" in a path is refused, and nothing leaves the hub', async (climb) => {
    for (const path of [
      `/o/r/resolve/main/${climb}/x`,
      `/models/o/r/resolve/${climb}/x`,
      `/api/models/o/r/tree/main/${climb}/x`,
      `/api/datasets/o/r/resolve/main/${climb}/x`,
    ])
      expect({ path, status: (await world.ask(path)).status }).toEqual({ path, status: 400 });
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it.each([
    '/api/models/../x',
    '/api/models/o/%2e%2e',
    '/..%2fx/r/resolve/main/a',
    '/o%2Fr/resolve/main/a',
    '/api/models/o/r%3Fx/tree/main',
    '/api/models/o/r.git',
  ])('%s is no repository', async (path) => {
    const { status } = await world.ask(path);
    expect([400, 404]).toContain(status);
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it('twice encoded it is a plain name, and stays one', async () => {
    answerWith(bytes(200, 'content', described));
    await world.ask(`/${newRepo()}/resolve/main/%252e%252e/%252F`, { method: 'HEAD' });
    expect(world.sources[0]!.requests.map(({ url }) => url)).toEqual([`/o/r${repos}/resolve/main/%252e%252e/%252F`]);
  });

  it.each(['%zz', '%', '%e0%a4%a'])('a malformed escape (%s) is told as JSON 400', async (escape) => {
    for (const path of [`/o/r/resolve/main/${escape}`, `/api/models/o/r/tree/main/${escape}`]) {
      const told = await world.ask(path);
      expect({ status: told.status, body: told.json() }).toMatchObject({
        status: 400,
        body: { error: expect.any(String) as string },
      });
    }
  });

  it('query and fragment characters in a file name stay in the name', async () => {
    answerWith(bytes(200, 'content', described));
    await world.ask(`/${newRepo()}/resolve/main/a%23b%3Fc%26d%25%2B+e.txt`, { method: 'HEAD' });
    expect(world.sources[0]!.requests[0]!.url).toBe(`/o/r${repos}/resolve/main/a%23b%3Fc%26d%25%2B%2Be.txt`);
  });
});

describe('a source that leads elsewhere', () => {
  let elsewhere: FakeUpstream;
  beforeAll(async () => {
    elsewhere = await FakeUpstream.start(json(200, { id: 'stolen' }), '127.0.0.2');
  });
  afterAll(() => elsewhere.close());

  it('is not followed to another origin, nor is its token', async () => {
    answerWith((response, request) => redirect(307, `${elsewhere.url}${request.url}`)(response, request));
    const repo = newRepo();
    for (const path of [`/api/models/${repo}`, `/api/models/${repo}/tree/main`])
      expect((await world.ask(path)).status).toBe(502);
    expect(elsewhere.requests).toEqual([]);
  });

  it('gets its token back on its own origin, and a loop ends', async () => {
    answerWith((response, request) => redirect(307, `${request.url}x`)(response, request));
    expect((await world.ask(`/api/models/${newRepo()}`)).status).toBe(502);
    expect(world.sources[0]!.requests.length).toBeLessThanOrEqual(6);
    expect(new Set(world.sources[0]!.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${TOKEN}`]),
    );
  });

  it('cannot have the hub fetch a private address for it', async () => {
    const proxy = await hubWithSources(
      [redirect(302, `${elsewhere.url}/secret`, { ...described, 'x-linked-size': '3' })],
      {
        facts: [{ delivery: 'proxy' }],
      },
    );
    const told = await proxy.ask('/o/r/resolve/main/a');
    expect({ status: told.status, seen: elsewhere.requests.length }).toEqual({ status: 502, seen: 0 });
    await proxy.close();
  });
});

describe('a source that answers badly', () => {
  it.each([
    ['a web page', html(), 502],
    ['a web page for an error', html(503, '<html>'.repeat(100)), 503],
    ['broken JSON', bytes(200, '{"id": ', { 'content-type': 'application/json' }), 502],
    ['a list where an object is due', json(200, []), 502],
    [
      'more JSON than any repository has',
      bytes(200, Buffer.alloc(17 * 1024 * 1024, ' '), { 'content-type': 'application/json' }),
      502,
    ],
    ['a huge error page', bytes(500, Buffer.alloc(20 * 1024 * 1024, 'x'), { 'content-type': 'text/plain' }), 502],
    [
      'compressed JSON that nobody asked for',
      bytes(200, gzipSync('{"id":"o/r"}'), { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      502,
    ],
    ['half of its JSON', truncated('{"id": "o', 100, { 'content-type': 'application/json' }), 502],
    ['a reset', reset(), 502],
    ['nothing', hang(), 504],
    [
      'its JSON never quite whole',
      drip(['{', '"a":1'], (n) => (n ? new Promise(() => undefined) : Promise.resolve()), {
        'content-type': 'application/json',
      }),
      504,
    ],
  ])('%s: told as a failure, never as a missing repository', async (_what, reply, status) => {
    answerWith(reply);
    const told = await world.ask(`/api/models/${newRepo()}`);
    expect({ status: told.status, code: told.headers['x-error-code'] }).toEqual({ status, code: undefined });
    expect(told.body.length).toBeLessThan(2_000);
    expect(told.body.toString()).not.toContain(TOKEN);
  });

  it('its header values cannot break ours', async () => {
    answerWith(
      json(
        404,
        { error: 'x' },
        { 'x-error-code': 'EntryNotFound', 'x-error-message': 'no \u00e9ntry', 'x-repo-commit': SHA },
      ),
    );
    const told = await world.ask(`/${newRepo()}/resolve/main/a`);
    expect({ status: told.status, commit: told.headers['x-repo-commit'] }).toEqual({ status: 404, commit: SHA });
    expect(told.headers['x-source']).toBe('%E6%A8%A1%E5%9E%8B hub%C3%A9');
  });

  it('its token is not shown to anybody, though it repeats it', async () => {
    answerWith((response, request) => {
      const echo = `you sent ${request.headers.authorization}`;
      json(
        request.url.includes('gated') ? 401 : 500,
        { error: echo },
        {
          'x-error-message': echo,
          ...(request.url.includes('gated') ? { 'x-error-code': 'GatedRepo' } : {}),
        },
      )(response, request);
    });
    for (const repo of [newRepo(), 'o/gated']) {
      const told = await world.ask(`/api/models/${repo}`);
      expect(JSON.stringify(told.headers) + told.body.toString()).not.toContain(TOKEN);
      expect(told.headers['x-error-message']).toContain('you sent Bearer ***');
    }
  });

  it('a file cut off half-way is cut off for the client too', async () => {
    answerWith((response, request) =>
      (request.method === 'HEAD'
        ? bytes(200, Buffer.alloc(1000), described)
        : truncated(Buffer.alloc(500), 1000, described))(response, request),
    );
    await expect(world.ask(`/${newRepo()}/resolve/main/a`)).rejects.toThrow();
  });

  it('a wrong token is dropped for one more try, and the health says so', async () => {
    answerWith((response, request) =>
      (request.headers.authorization
        ? json(401, { error: 'x' }, { 'x-error-message': 'Invalid credentials in Authorization header' })
        : json(200, { id: 'o/r' }))(response, request),
    );
    expect((await world.ask(`/api/models/${newRepo()}`)).status).toBe(200);
    const health = await world.ask('/admin/api/fallback-sources/health', {
      headers: { 'x-admin-token': world.hub.adminToken },
    });
    expect(health.json()).toMatchObject([{ token: 'rejected' }]);
    expect(health.body.toString()).not.toContain(TOKEN);
  });
});

describe('a client that goes', () => {
  it('takes the question to the source with it', async () => {
    answerWith(hang());
    const gone = new AbortController();
    const asking = fetch(`${world.hub.url}/api/models/${newRepo()}`, { signal: gone.signal }).catch(() => 'gone');
    const [seen] = await world.sources[0]!.waitFor(1);
    gone.abort();
    expect(await asking).toBe('gone');
    expect(await seen!.ended).toBe('hung-up');
  });

  it('in the middle of a download ends it at the source', async () => {
    answerWith((response, request) => {
      if (request.method === 'HEAD')
        return bytes(200, '', { ...described, 'x-linked-size': '1000' })(response, request);
      response.writeHead(200, described).write('begun');
      return undefined;
    });
    const gone = new AbortController();
    const answer = await fetch(`${world.hub.url}/${newRepo()}/resolve/main/a`, { signal: gone.signal });
    expect(answer.status).toBe(200);
    gone.abort();
    expect(await world.sources[0]!.requests.at(-1)!.ended).toBe('hung-up');
  });
});
