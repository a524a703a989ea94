import { bytes, redirect } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const SHA = 'a'.repeat(40);
const GIT_ID = 'b'.repeat(40);
const SHA256 = 'c'.repeat(64);
const CONTENT = Buffer.from('0123456789'.repeat(10));
let repos = 0;
/** A file of a new repository, so that no binding is cached. */
const newFile = (): string => `/o/r${++repos}/resolve/main/a.bin`;

const ownHeaders = { 'x-repo-commit': SHA, etag: `"${GIT_ID}"`, 'set-cookie': 'session=stolen', 'x-xet-hash': 'hint' };
const linked = { 'x-repo-commit': SHA, 'x-linked-etag': `"${SHA256}"`, 'x-linked-size': String(CONTENT.length) };
const xet = { link: '<https://cas.example/x>; rel="xet-auth"', 'x-xet-hash': 'hint' };

/** Serves `CONTENT` with support for `Range` and `If-None-Match`. */
const fileServer =
  (headers: Record<string, string>): Responder =>
  (response, request) => {
    if (request.headers['if-none-match'] === headers['etag']) return response.writeHead(304, headers).end();
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    if (!range) return bytes(200, CONTENT, headers)(response, request);
    const [start, end] = [Number(range[1]), Number(range[2])];
    const part = CONTENT.subarray(start, end + 1);
    return bytes(206, part, { ...headers, 'content-range': `bytes ${start}-${end}/${CONTENT.length}` })(
      response,
      request,
    );
  };

const expectNoXetHints = (headers: Readonly<Record<string, string>>): void => {
  expect(
    Object.keys(headers).filter((name) => name.includes('xet') || name === 'set-cookie' || name === 'link'),
  ).toEqual([]);
};

let cdn: FakeUpstream;
beforeAll(async () => {
  cdn = await FakeUpstream.start(
    fileServer({ etag: '"the-stores-own"', 'content-type': 'application/octet-stream' }),
    '127.0.0.2',
  );
});
afterAll(() => cdn.close());

const SETTINGS = { redirect: {}, token: { token: 'hf_sources-own-token' }, proxy: { delivery: 'proxy' as const } };

describe.each(Object.keys(SETTINGS) as (keyof typeof SETTINGS)[])('a source with %s delivery', (kind) => {
  let world: HubWithSources;
  let file: string;
  let user: TestUser;
  const answerWith = (reply: Responder): void => void (world.sources[0]!.reply = reply);

  beforeAll(async () => {
    const env = { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' };
    world = await startHubWithSources([bytes(404, '')], { facts: [SETTINGS[kind]], env });
    user = await createTestUser(world.hub, 'alice');
  });
  beforeEach(() => {
    cdn.forget();
    file = newFile();
  });
  afterAll(() => world.close());

  it('serves the file itself: HEAD returns metadata, GET redirects or streams', async () => {
    answerWith(fileServer({ ...ownHeaders, 'content-type': 'text/html' }));
    for (const _attempt of [false, true]) {
      const head = await world.sendRequest(file, { method: 'HEAD' });
      expect(head.status).toBe(200);
      expect(head.headers).toMatchObject({
        'x-repo-commit': SHA,
        etag: `"${GIT_ID}"`,
        'content-length': '100',
        'accept-ranges': 'bytes',
        'x-source': 'A',
      });
      expectNoXetHints(head.headers);
      const get = await world.sendRequest(file);
      expectNoXetHints(get.headers);
      if (kind === 'redirect') {
        expect(get.status).toBe(302);
        expect(get.headers).toMatchObject({
          location: `${world.sources[0]!.url}${file}`,
          'cache-control': 'no-store',
          'x-source': 'A',
        });
      } else {
        expect({ status: get.status, body: get.body.equals(CONTENT) }).toEqual({ status: 200, body: true });
        expect(get.headers).toMatchObject({
          'x-repo-commit': SHA,
          'content-security-policy': "default-src 'none'; sandbox",
          'x-content-type-options': 'nosniff',
        });
      }
    }
  });

  it('redirects to a CDN: HEAD returns the redirect with metadata, or metadata only if proxied', async () => {
    answerWith((response, request) =>
      redirect(302, `${cdn.url}/blob?signature=s`, { ...linked, ...xet })(response, request),
    );
    const head = await world.sendRequest(file, { method: 'HEAD' });
    expect(head.headers).toMatchObject({
      'x-repo-commit': SHA,
      'x-linked-etag': `"${SHA256}"`,
      etag: `"${SHA256}"`,
      'x-linked-size': '100',
    });
    expectNoXetHints(head.headers);
    if (kind === 'proxy')
      expect({ status: head.status, length: head.headers['content-length'] }).toEqual({ status: 200, length: '100' });
    else
      expect({ status: head.status, location: head.headers['location'] }).toEqual({
        status: 302,
        location: `${cdn.url}/blob?signature=s`,
      });
  });

  it('redirects to a CDN: GET redirects to it, or streams from it without the token', async () => {
    answerWith((response, request) =>
      redirect(302, `${cdn.url}/blob?signature=s`, { ...linked, ...xet })(response, request),
    );
    const first = await world.sendRequest(file);
    const second = await world.sendRequest(file);
    if (kind === 'proxy') {
      for (const get of [first, second])
        expect({ status: get.status, same: get.body.equals(CONTENT), etag: get.headers['etag'] }).toEqual({
          status: 200,
          same: true,
          etag: `"${SHA256}"`,
        });
      const part = await world.sendRequest(file, { headers: { range: 'bytes=10-19' } });
      expect({ status: part.status, body: part.body.toString(), range: part.headers['content-range'] }).toEqual({
        status: 206,
        body: '0123456789',
        range: 'bytes 10-19/100',
      });
    } else {
      expect({ status: first.status, to: first.headers['location'], store: first.headers['cache-control'] }).toEqual({
        status: 302,
        to: `${cdn.url}/blob?signature=s`,
        store: 'no-store',
      });
      const { location } = first.headers;
      expect({ status: second.status, location: second.headers['location'] }).toEqual({ status: 302, location });
    }
    expect(cdn.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
  });

  it('redirects on its own origin: the hub follows, and the metadata is from the first response', async () => {
    answerWith((response, request) =>
      request.url.startsWith('/api/resolve-cache/')
        ? fileServer({ etag: '"other"', 'content-type': 'text/plain' })(response, request)
        : redirect(307, `/api/resolve-cache/models/o/r/${SHA}/a.bin?q=1`, ownHeaders)(response, request),
    );
    const head = await world.sendRequest(file, { method: 'HEAD' });
    expect({ status: head.status, length: head.headers['content-length'], etag: head.headers['etag'] }).toEqual({
      status: 200,
      length: '100',
      etag: `"${GIT_ID}"`,
    });
    const get = await world.sendRequest(file);
    expect(get.status).toBe(kind === 'redirect' ? 302 : 200);
    if (kind !== 'redirect') expect(get.body.equals(CONTENT)).toBe(true);
  });

  it('receives no Xet probes: the hub answers them, as a redirect would carry the caller’s token', async () => {
    answerWith((response, request) =>
      redirect(302, `${cdn.url}/blob?signature=s`, { ...linked, ...xet })(response, request),
    );
    const headers = { range: 'bytes=0-0', accept: 'application/vnd.xet-fileinfo+json, */*' };
    for (const _attempt of [false, true]) {
      const response = await world.sendRequest(file, { headers });
      expect({
        status: response.status,
        body: response.body.toString(),
        range: response.headers['content-range'],
      }).toEqual({
        status: 206,
        body: '0',
        range: 'bytes 0-0/100',
      });
      expectNoXetHints(response.headers);
    }
    expect(world.sources[0]!.requests.filter(({ headers }) => headers.accept)).toEqual([]);
  });

  it('returns the metadata of the whole file for HEAD with Range', async () => {
    answerWith(fileServer(ownHeaders));
    for (const _attempt of [false, true]) {
      const { status, headers } = await world.sendRequest(file, { method: 'HEAD', headers: { range: 'bytes=0-9' } });
      expect([status, headers['content-length'], headers['content-range']]).toEqual([200, '100', undefined]);
    }
    expect(world.sources[0]!.requests.at(-1)!.headers.range).toBeUndefined();
  });

  it('redirects to a host in the domain of the hub: clients with credentials are not redirected there', async () => {
    const storage = await FakeUpstream.start(fileServer({ etag: '"of-the-store"' }), '127.0.0.1');
    answerWith(redirect(302, `${storage.url}/blob`, linked));
    const headers = { 'user-agent': 'Go-http-client/1.1', authorization: `Bearer ${user.token}` };
    const get = await world.sendRequest(file, { headers });
    expect([get.status, get.body.toString(), get.headers['x-linked-etag']]).toEqual([
      200,
      CONTENT.toString(),
      `"${SHA256}"`,
    ]);
    expect((await world.sendRequest(file, { method: 'HEAD', headers })).status).toBe(200);
    expect((await world.sendRequest(file)).status).toBe(kind === 'proxy' ? 200 : 302);
    expect(storage.requests.map(({ headers }) => headers.authorization)).not.toContain(headers.authorization);
    await storage.close();
  });

  it('receives Range and If-None-Match, unless the hub redirects', async () => {
    answerWith(fileServer({ 'x-repo-commit': SHA, etag: `"${GIT_ID}"` }));
    const head = await world.sendRequest(file, { method: 'HEAD', headers: { 'if-none-match': `"${GIT_ID}"` } });
    expect({ status: head.status, commit: head.headers['x-repo-commit'] }).toEqual({ status: 304, commit: SHA });
    if (kind === 'redirect') return;
    const part = await world.sendRequest(file, { headers: { range: 'bytes=5-9' } });
    expect({ status: part.status, body: part.body.toString() }).toEqual({ status: 206, body: '56789' });
    const same = await world.sendRequest(file, { headers: { 'if-none-match': `"${GIT_ID}"` } });
    expect(same.status).toBe(304);
  });
});

describe('a redirect to a host that clients may treat as a hub', () => {
  it('is not returned for HEAD, because 2.x clients would follow it with the token', async () => {
    const own = await FakeUpstream.start(fileServer({ etag: '"x"' }));
    const world = await startHubWithSources([redirect(302, `http://127.0.0.1:${own.port}/blob`, linked)], {
      facts: [{ host: '127.0.0.3' }],
    });
    const head = await world.sendRequest(newFile(), { method: 'HEAD' });
    expect({ status: head.status, length: head.headers['content-length'] }).toEqual({ status: 200, length: '100' });
    await Promise.all([world.close(), own.close()]);
  });
});
