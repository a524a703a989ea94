import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
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

it.each([
  ['long headers', `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'more than 16384 bytes'],
  ['a long URL', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'more than 16384 bytes'],
  ['invalid HTTP', 'hello\r\n\r\n', 400, 'not valid HTTP'],
])('%s are refused with a message', async (_case, text, status, message) => {
  const { hostname, port } = new URL(world.hub.url);
  const socket = connect(Number(port), hostname);
  socket.write(text);
  const [head, body] = (await readText(socket)).split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*X-Error-Message: .*${message}`));
  expect(JSON.parse(body!)).toEqual({ error: expect.stringContaining(message) });
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
    ['an error with status 200', json(200, { error: 'Sign in first' }), 502],
    ['an empty object', json(200, {}), 502],
    ['a list instead of a repository', json(200, [{ id: 'o/r' }]), 502],
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

describe('a reply with names that clients would write to their disks', () => {
  const HASH = 'c'.repeat(40);
  const file = (path: string, facts = {}) => ({ type: 'file', path, size: 1, oid: HASH, ...facts });
  const sibling = (rfilename: string) => ({ id: 'o/r', sha: SHA, siblings: [{ rfilename }] });

  const PATHS = [
    '../evil',
    '/etc/passwd',
    'a/../../evil',
    'a//b',
    './a',
    'a/',
    '',
    '..\\evil',
    'a\\..\\..\\evil',
    '\\evil',
    'C:\\evil',
    'c:evil',
    'a\0b',
    '.git/config',
    'sub/.GIT/hooks/post-checkout',
    'a/.git. /config',
  ];
  it.each([...PATHS.map((path) => [JSON.stringify(path), path] as const), ['x 5000', 'x'.repeat(5000)] as const])(
    'is refused for the file %s',
    async (_title, path) => {
      const repo = newRepo();
      for (const [url, reply] of [
        [`/api/models/${repo}`, json(200, sibling(path))],
        [`/api/models/${repo}/revision/main`, json(200, sibling(path))],
        [`/api/models/${repo}/tree/main`, json(200, [file('good'), file(path)])],
      ] as const) {
        answerWith(reply);
        const { status, body } = await world.sendRequest(url);
        expect([url, status, body.toString()]).toEqual([url, 502, expect.stringContaining('Its reply was refused')]);
      }
      answerWith(json(200, [file(path)]));
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const options = { method: 'POST', headers: form, body: 'paths=a' } as const;
      expect((await world.sendRequest(`/api/models/${repo}/paths-info/main`, options)).status).toBe(502);
    },
  );

  it.each<[what: string, path: string, json: unknown]>([
    ['a commit that is a path', '', { id: 'o/r', sha: '../../x' }],
    ['a commit that is not a hash', '', { id: 'o/r', sha: 'zz' }],
    ['an id that is a path', '', { id: '../../x' }],
    ['an id with an address', '', { id: '//host/x' }],
    ['a file twice', '', { id: 'o/r', siblings: [{ rfilename: 'a' }, { rfilename: 'b' }, { rfilename: 'a' }] }],
    [
      'a hash that is a path',
      '',
      { id: 'o/r', siblings: [{ rfilename: 'a', lfs: { sha256: '../x', size: 1, pointerSize: 1 } }] },
    ],
    ['an entry twice', '/tree/main', [file('a'), file('a')]],
    ['an entry with a size that is not a number', '/tree/main', [file('a', { size: '1' })]],
    ['an entry without a hash', '/tree/main', [file('a', { oid: undefined })]],
    ['an entry whose hash is a path', '/tree/main', [file('a', { oid: '../x' })]],
    ['an entry whose LFS hash is a path', '/tree/main', [file('a', { lfs: { oid: '../x', size: 1, pointerSize: 1 } })]],
    [
      'an entry whose commit is a path',
      '/tree/main?expand=true',
      [file('a', { lastCommit: { id: '../x', title: 'x', date: '2024-01-01T00:00:00Z' } })],
    ],
    ['a branch at a path', '/refs', { branches: [{ name: 'a', ref: 'refs/heads/a', targetCommit: '../x' }], tags: [] }],
    ['a history with a path', '/commits/main', [{ id: '../x', title: 'x', date: '2024-01-01T00:00:00Z', authors: [] }]],
  ])('is refused for %s', async (_what, path, reply) => {
    answerWith(json(200, reply));
    const { status, body } = await world.sendRequest(`/api/models/${newRepo()}${path}`);
    expect([status, body.toString()]).toEqual([502, expect.stringContaining('Its reply was refused')]);
  });

  it.each<[header: string, value: string]>([
    ['x-repo-commit', '../../x'],
    ['x-repo-commit', 'main'],
    ['etag', '"../../x"'],
    ['etag', '"a/b"'],
    ['x-linked-etag', '".."'],
  ])('is refused for the header %s: %s', async (name, value) => {
    for (const method of ['HEAD', 'GET'] as const) {
      answerWith(bytes(200, 'content', { ...fileHeaders, [name]: value }));
      expect((await world.sendRequest(`/${newRepo()}/resolve/main/a`, { method })).status).toBe(502);
    }
  });

  it('is refused for the commit of a missing file', async () => {
    answerWith(bytes(404, '', { 'x-error-code': 'EntryNotFound', 'x-repo-commit': '../../x' }));
    const { status, headers } = await world.sendRequest(`/${newRepo()}/resolve/main/a`, { method: 'HEAD' });
    expect([status, headers['x-repo-commit']]).toEqual([502, undefined]);
  });

  it('is left out of lists', async () => {
    const entry = (name: string, facts = {}) => ({ _id: name, id: `o/${name}`, ...facts });
    answerWith(
      json(200, [
        entry('good', { sha: SHA, siblings: [{ rfilename: 'C/d.git' }] }),
        entry('bad', { siblings: [{ rfilename: '../evil' }] }),
        entry('bad-commit', { sha: 'zz' }),
      ]),
    );
    const list = (await world.sendRequest('/api/models?author=o&full=true')).json() as { id: string }[];
    expect(list.map(({ id }) => id)).toEqual(['o/good']);
  });

  it('is served with the masked hashes of a gated repository', async () => {
    const lfs = { oid: '*'.repeat(64), size: 1, pointerSize: 1 };
    answerWith(json(200, [file('a', { lfs, xetHash: lfs.oid })]));
    const { status, body } = await world.sendRequest(`/api/models/${newRepo()}/tree/main`);
    expect([status, JSON.parse(body.toString())]).toEqual([200, [file('a', { lfs })]]);
  });

  it('is served with unusual names that are safe', async () => {
    const names = ['a..b', '...', '.gitattributes', '.github/x', 'a b\\c', 'é', 'x.git/y', '.git2', '2024:01'];
    answerWith(json(200, { id: 'o/r', sha: SHA, siblings: names.map((rfilename) => ({ rfilename })) }));
    const { status } = await world.sendRequest(`/api/models/${newRepo()}`);
    expect(status).toBe(200);
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
