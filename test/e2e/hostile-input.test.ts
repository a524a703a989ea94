import { gzipSync } from 'node:zlib';
import { bytes, drip, hang, html, json, redirect, reset, truncated } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const SHA = 'a'.repeat(40);
const TOKEN = 'hf_token-of-the-source';
const fileHeaders = { 'x-repo-commit': SHA, etag: `"${'b'.repeat(40)}"` };

let world: HubWithSources;
let repos = 0;
const newRepo = (): string => `o/r${++repos}`;
const answerWith = (reply: Responder): void => void (world.sources[0]!.reply = reply);

beforeAll(async () => {
  world = await startHubWithSources([bytes(404, '')], {
    facts: [{ token: TOKEN, name: '模型 hub\u00e9' }],
    env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '2', KOHAKU_HUB_FALLBACK_DEADLINE: '3', KOHAKU_HUB_FALLBACK_NEGATIVE_TTL: '0' },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  answerWith(json(200, { id: 'o/r' }));
  await world.sendRequest(`/api/models/${newRepo()}`);
  world.sources[0]!.forget();
});

describe('path traversal by a client', () => {
  const segments = [
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
  it.each(segments)('is refused for the segment "%s", without requests to sources', async (segment) => {
    for (const path of [
      `/o/r/resolve/main/${segment}/x`,
      `/models/o/r/resolve/${segment}/x`,
      `/api/models/o/r/tree/main/${segment}/x`,
      `/api/datasets/o/r/resolve/main/${segment}/x`,
    ])
      expect({ path, status: (await world.sendRequest(path)).status }).toEqual({ path, status: 400 });
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it.each([
    '/api/models/../x',
    '/api/models/o/%2e%2e',
    '/..%2fx/r/resolve/main/a',
    '/o%2Fr/resolve/main/a',
    '/api/models/o/r%3Fx/tree/main',
    '/api/models/o/r.git',
  ])('is refused in the repository name %s', async (path) => {
    const { status } = await world.sendRequest(path);
    expect([400, 404]).toContain(status);
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it('is not possible with double encoding, which stays as it is', async () => {
    answerWith(bytes(200, 'content', fileHeaders));
    await world.sendRequest(`/${newRepo()}/resolve/main/%252e%252e/%252F`, { method: 'HEAD' });
    expect(world.sources[0]!.requests.map(({ url }) => url)).toEqual([`/o/r${repos}/resolve/main/%252e%252e/%252F`]);
  });

  it.each(['%zz', '%', '%e0%a4%a'])('with the malformed escape %s returns 400 as JSON', async (escape) => {
    for (const path of [`/o/r/resolve/main/${escape}`, `/api/models/o/r/tree/main/${escape}`]) {
      const response = await world.sendRequest(path);
      expect({ status: response.status, body: response.json() }).toMatchObject({
        status: 400,
        body: { error: expect.any(String) as string },
      });
    }
  });

  it('is not possible with query or fragment characters in a file name', async () => {
    answerWith(bytes(200, 'content', fileHeaders));
    await world.sendRequest(`/${newRepo()}/resolve/main/a%23b%3Fc%26d%25%2B+e.txt`, { method: 'HEAD' });
    expect(world.sources[0]!.requests[0]!.url).toBe(`/o/r${repos}/resolve/main/a%23b%3Fc%26d%25%2B%2Be.txt`);
  });
});

describe('a source that redirects', () => {
  let elsewhere: FakeUpstream;
  beforeAll(async () => {
    elsewhere = await FakeUpstream.start(json(200, { id: 'stolen' }), '127.0.0.2');
  });
  afterAll(() => elsewhere.close());

  it('is not followed to another origin', async () => {
    answerWith((response, request) => redirect(307, `${elsewhere.url}${request.url}`)(response, request));
    const repo = newRepo();
    for (const path of [`/api/models/${repo}`, `/api/models/${repo}/tree/main`])
      expect((await world.sendRequest(path)).status).toBe(502);
    expect(elsewhere.requests).toEqual([]);
  });

  it('receives its token on its own origin only, and redirect loops end', async () => {
    answerWith((response, request) => redirect(307, `${request.url}x`)(response, request));
    expect((await world.sendRequest(`/api/models/${newRepo()}`)).status).toBe(502);
    expect(world.sources[0]!.requests.length).toBeLessThanOrEqual(6);
    expect(new Set(world.sources[0]!.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${TOKEN}`]),
    );
  });

  it('cannot make the hub request a private address', async () => {
    const proxy = await startHubWithSources(
      [redirect(302, `${elsewhere.url}/secret`, { ...fileHeaders, 'x-linked-size': '3' })],
      {
        facts: [{ delivery: 'proxy' }],
      },
    );
    const response = await proxy.sendRequest('/o/r/resolve/main/a');
    expect({ status: response.status, seen: elsewhere.requests.length }).toEqual({ status: 502, seen: 0 });
    await proxy.close();
  });
});

describe('an invalid response of a source', () => {
  it.each([
    ['a web page', html(), 502],
    ['a web page for an error', html(503, '<html>'.repeat(100)), 503],
    ['broken JSON', bytes(200, '{"id": ', { 'content-type': 'application/json' }), 502],
    ['a list instead of an object', json(200, []), 502],
    [
      'more than 16 MiB of JSON',
      bytes(200, Buffer.alloc(17 * 1024 * 1024, ' '), { 'content-type': 'application/json' }),
      502,
    ],
    ['a huge error page', bytes(500, Buffer.alloc(20 * 1024 * 1024, 'x'), { 'content-type': 'text/plain' }), 502],
    [
      'JSON with a content coding that the hub does not support',
      bytes(200, gzipSync('{"id":"o/r"}'), { 'content-type': 'application/json', 'content-encoding': 'zstd' }),
      502,
    ],
    ['truncated JSON', truncated('{"id": "o', 100, { 'content-type': 'application/json' }), 502],
    ['a connection reset', reset(), 502],
    ['no response', hang(), 504],
    [
      'JSON that never ends',
      drip(['{', '"a":1'], (n) => (n ? new Promise(() => undefined) : Promise.resolve()), {
        'content-type': 'application/json',
      }),
      504,
    ],
  ])('is reported as a failure, never as a missing repository: %s', async (_what, reply, status) => {
    answerWith(reply);
    const response = await world.sendRequest(`/api/models/${newRepo()}`);
    expect({ status: response.status, code: response.headers['x-error-code'] }).toEqual({ status, code: undefined });
    expect(response.body.length).toBeLessThan(2_000);
    expect(response.body.toString()).not.toContain(TOKEN);
  });

  it('cannot make the hub send invalid header values', async () => {
    answerWith(
      json(
        404,
        { error: 'x' },
        { 'x-error-code': 'EntryNotFound', 'x-error-message': 'no \u00e9ntry', 'x-repo-commit': SHA },
      ),
    );
    const response = await world.sendRequest(`/${newRepo()}/resolve/main/a`);
    expect({ status: response.status, commit: response.headers['x-repo-commit'] }).toEqual({
      status: 404,
      commit: SHA,
    });
    expect(response.headers['x-source']).toBe('%E6%A8%A1%E5%9E%8B hub%C3%A9');
  });

  it('never reveals the source’s token, even if the source echoes it', async () => {
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
      const response = await world.sendRequest(`/api/models/${repo}`);
      expect(JSON.stringify(response.headers) + response.body.toString()).not.toContain(TOKEN);
      expect(response.headers['x-error-message']).toContain('you sent Bearer ***');
    }
  });

  it('ends early for the client too if it ends early', async () => {
    answerWith((response, request) =>
      (request.method === 'HEAD'
        ? bytes(200, Buffer.alloc(1000), fileHeaders)
        : truncated(Buffer.alloc(500), 1000, fileHeaders))(response, request),
    );
    await expect(world.sendRequest(`/${newRepo()}/resolve/main/a`)).rejects.toThrow();
  });

  it('is retried without the token if it rejects the token, which the health report shows', async () => {
    answerWith((response, request) =>
      (request.headers.authorization
        ? json(401, { error: 'x' }, { 'x-error-message': 'Invalid credentials in Authorization header' })
        : json(200, { id: 'o/r' }))(response, request),
    );
    expect((await world.sendRequest(`/api/models/${newRepo()}`)).status).toBe(200);
    const health = await world.sendRequest('/admin/api/fallback-sources/health', {
      headers: { 'x-admin-token': world.hub.adminToken },
    });
    expect(health.json()).toMatchObject([{ token: 'rejected' }]);
    expect(health.body.toString()).not.toContain(TOKEN);
  });
});

describe('a client that disconnects', () => {
  it('aborts the request to the source', async () => {
    answerWith(hang());
    const client = new AbortController();
    const pending = fetch(`${world.hub.url}/api/models/${newRepo()}`, { signal: client.signal }).catch(() => 'aborted');
    const [request] = await world.sources[0]!.waitFor(1);
    client.abort();
    expect(await pending).toBe('aborted');
    expect(await request!.ended).toBe('disconnected');
  });

  it('during a download aborts it at the source', async () => {
    answerWith((response, request) => {
      if (request.method === 'HEAD')
        return bytes(200, '', { ...fileHeaders, 'x-linked-size': '1000' })(response, request);
      response.writeHead(200, fileHeaders).write('start');
      return undefined;
    });
    const client = new AbortController();
    const response = await fetch(`${world.hub.url}/${newRepo()}/resolve/main/a`, { signal: client.signal });
    expect(response.status).toBe(200);
    client.abort();
    expect(await world.sources[0]!.requests.at(-1)!.ended).toBe('disconnected');
  });
});
