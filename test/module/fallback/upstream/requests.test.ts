import { bytes, inSequence, json } from '../../../support/fake-replies.js';
import { requestText } from '../../../support/fake-upstream.js';
import { buildRequest, TOKEN, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture()));
afterEach(() => fixture.close());

it('sends only User-Agent, Via and Accept-Encoding: identity by default', async () => {
  const upstream = await fixture.startUpstream(json(200, {}));
  await fixture.reply(
    fixture.sourceAt(upstream),
    {},
    { via: ['1.1 nginx', '1.1 hubfall-0123456789ab', '1.1 hf_asecretasecret'] },
  );
  const { headers, method, url } = upstream.requests[0]!;
  expect({ method, url }).toEqual({ method: 'GET', url: '/api/models/o/r' });
  expect(headers).toEqual({
    host: `${upstream.host}:${upstream.port}`,
    connection: 'keep-alive',
    'user-agent': 'hubfall/1.2.3',
    'accept-encoding': 'identity',
    via: `1.1 hubfall-0123456789ab, 1.1 hubfall-${fixture.instanceId}`,
  });
});

it('sends conditions, a form and repeated query parameters', async () => {
  const upstream = await fixture.startUpstream(json(200, []));
  const conditions = { range: 'bytes=0-1', 'if-none-match': '"x"' };
  const form = [
    ['paths', 'a b'],
    ['paths', 'c&d'],
    ['expand', 'false'],
  ] as const;
  const query = [
    ['expand', 'a'],
    ['expand', 'b/c'],
  ] as const;
  await fixture.reply(fixture.sourceAt(upstream), { method: 'POST', conditions, form, query });
  expect(upstream.requests[0]).toMatchObject({
    method: 'POST',
    url: '/api/models/o/r?expand=a&expand=b%2Fc',
    headers: { ...conditions, 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(upstream.requests[0]!.body.toString()).toBe('paths=a%20b&paths=c%26d&expand=false');
});

it('encodes path segments once, below the base path of the source', async () => {
  const upstream = await fixture.startUpstream(json(200, {}));
  const source = fixture.sourceAt({ url: `${upstream.url}/mirror/hf` });
  await fixture.reply(source, { segments: ['o', 'r', 'resolve', 'refs/pr/1', 'a b', 'c#d?e%f+é', '%2e%2e'] });
  expect(upstream.requests[0]!.url).toBe(
    '/mirror/hf/o/r/resolve/refs%2Fpr%2F1/a%20b/c%23d%3Fe%25f%2B%C3%A9/%252e%252e',
  );
});

it.each([[['..', 'admin']], [['a', '..', '..', 'admin']], [['.', '..']], [['\ud800']]])(
  'never leaves the base path, and does not count such a request as a failure of the source: %j',
  async (segments) => {
    const upstream = await fixture.startUpstream(json(200, {}));
    const source = fixture.sourceAt({ url: `${upstream.url}/mirror` });
    for (let n = 0; n < 6; n++)
      expect(await fixture.failure(source, { segments })).toMatchObject({ category: 'invalid' });
    expect(upstream.requests).toEqual([]);
    expect(fixture.healthOf(source)?.breaker).toBe('closed');
  },
);

it('refuses to build a URL outside the base path', () => {
  const source = fixture.sourceAt({ url: 'https://hub.example/mirror' });
  expect(() => fixture.client.urlOf(source, buildRequest({ segments: ['..', 'admin'] }))).toThrow('outside');
  expect(fixture.client.urlOf(source, buildRequest({ segments: ['a'], query: [['b', 'c']] })).href).toBe(
    'https://hub.example/mirror/a?b=c',
  );
});

describe("the source's token", () => {
  it('is sent for its own source only', async () => {
    const upstream = await fixture.startUpstream(json(200, {}));
    const source = fixture.sourceAt(upstream, { token: TOKEN });
    await fixture.reply(source);
    expect(upstream.requests[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(fixture.healthOf(source)?.token).toBe('none'); // the response may be public
    await fixture.reply({ ...source, key: 'db:2', hasCredentials: false });
    expect(upstream.requests[1]!.headers.authorization).toBeUndefined();
  });

  it('is never omitted because it has just been removed or belongs to another URL', async () => {
    const upstream = await fixture.startUpstream(json(200, {}));
    const source = fixture.sourceAt(upstream, { token: TOKEN });
    for (const changed of [
      { ...source, key: 'db:2' },
      { ...source, url: `${source.url}/mirror` },
    ])
      expect(await fixture.failure(changed)).toMatchObject({ category: 'unavailable', retryAfter: 1 });
    expect(upstream.requests).toEqual([]);
  });

  it('is omitted in a retry after the source rejected it, which the health report shows', async () => {
    const rejection = json(401, { error: 'Invalid credentials in Authorization header' });
    const upstream = await fixture.startUpstream((response, request) =>
      (request.headers.authorization ? rejection : json(200, { id: 'o/r' }))(response, request),
    );
    const source = fixture.sourceAt(upstream, { token: TOKEN });
    expect(await fixture.reply(source)).toMatchObject({ json: { id: 'o/r' } });
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, undefined]);
    expect(fixture.healthOf(source)).toMatchObject({ token: 'rejected', breaker: 'closed' });
    expect(JSON.stringify(fixture.health.report())).not.toContain(TOKEN);
  });

  it('is omitted also after a rejection in a header', async () => {
    const headers = { 'x-error-message': 'Invalid credentials in Authorization header' };
    const upstream = await fixture.startUpstream(inSequence(bytes(401, '', headers), bytes(404, '')));
    const reply = await fixture.reply(fixture.sourceAt(upstream, { token: TOKEN }), {
      method: 'HEAD',
      expects: 'stream',
    });
    expect(reply.status).toBe(404);
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, undefined]);
  });

  it('is not considered rejected by a general 401, which missing repositories cause as well', async () => {
    const upstream = await fixture.startUpstream(json(401, { error: 'Invalid username or password.' }));
    const source = fixture.sourceAt(upstream, { token: TOKEN });
    expect((await fixture.reply(source)).status).toBe(401);
    expect(upstream.requests).toHaveLength(1);
    expect(fixture.healthOf(source)?.token).toBe('refused');
  });

  it('is not retried after a 401 if the source has no token', async () => {
    const upstream = await fixture.startUpstream(json(401, { error: 'Invalid credentials in Authorization header' }));
    await fixture.reply(fixture.sourceAt(upstream));
    expect(upstream.requests).toHaveLength(1);
    expect(requestText(upstream.requests[0]!).toLowerCase()).not.toContain('authorization');
  });
});

it('connections are kept alive, also after HEAD', async () => {
  const upstream = await fixture.startUpstream(json(200, {}));
  const source = fixture.sourceAt(upstream);
  const ports = new Set<unknown>();
  upstream.reply = (response, request) => {
    ports.add(response.socket?.remotePort);
    return json(200, {})(response, request);
  };
  for (let n = 0; n < 12; n++) await fixture.reply(source, { method: 'HEAD' });
  expect(upstream.requests.map(({ headers }) => headers.connection)).toEqual(Array(12).fill('keep-alive'));
  expect(ports.size).toBeLessThanOrEqual(2); // the pool opens a second one while the first is still being released
});
