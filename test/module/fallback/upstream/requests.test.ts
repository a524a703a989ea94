import { bytes, inSequence, json } from '../../../support/fake-replies.js';
import { requestText } from '../../../support/fake-upstream.js';
import { buildRequest, TOKEN, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture()));
afterEach(() => fixture.close());

it('says who it is, which way it came, and that nothing is to be compressed; and no more', async () => {
  const far = await fixture.startUpstream(json(200, {}));
  await fixture.reply(
    fixture.sourceAt(far),
    {},
    { via: ['1.1 nginx', '1.1 hubfall-0123456789ab', '1.1 hf_asecretasecret'] },
  );
  const { headers, method, url } = far.requests[0]!;
  expect({ method, url }).toEqual({ method: 'GET', url: '/api/models/o/r' });
  expect(headers).toEqual({
    host: `${far.host}:${far.port}`,
    connection: 'keep-alive',
    'user-agent': 'hubfall/1.2.3',
    'accept-encoding': 'identity',
    via: `1.1 hubfall-0123456789ab, 1.1 hubfall-${fixture.config.instanceId}`,
  });
});

it('carries the conditions of a client, a form, and the query as often as it was sent', async () => {
  const far = await fixture.startUpstream(json(200, []));
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
  await fixture.reply(fixture.sourceAt(far), { method: 'POST', conditions, form, query });
  expect(far.requests[0]).toMatchObject({
    ...{ method: 'POST', url: '/api/models/o/r?expand=a&expand=b%2Fc' },
    headers: { ...conditions, 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(far.requests[0]!.body.toString()).toBe('paths=a%20b&paths=c%26d&expand=false');
});

it('writes odd names once, under the base path of the source', async () => {
  const far = await fixture.startUpstream(json(200, {}));
  const source = fixture.sourceAt({ url: `${far.url}/mirror/hf` });
  await fixture.reply(source, { segments: ['o', 'r', 'resolve', 'refs/pr/1', 'a b', 'c#d?e%f+é', '%2e%2e'] });
  expect(far.requests[0]!.url).toBe('/mirror/hf/o/r/resolve/refs%2Fpr%2F1/a%20b/c%23d%3Fe%25f%2B%C3%A9/%252e%252e');
});

it.each([[['..', 'admin']], [['a', '..', '..', 'admin']], [['.', '..']], [['\ud800']]])(
  'never leaves the base path, nor holds it against the source: %j',
  async (segments) => {
    const far = await fixture.startUpstream(json(200, {}));
    const source = fixture.sourceAt({ url: `${far.url}/mirror` });
    for (let n = 0; n < 6; n++)
      expect(await fixture.failure(source, { segments })).toMatchObject({ category: 'invalid' });
    expect(far.requests).toEqual([]);
    expect(fixture.healthOf(source)?.breaker).toBe('closed');
  },
);

it('a path that would lie outside of the source is no URL', () => {
  const source = fixture.sourceAt({ url: 'https://hub.example/mirror' });
  expect(() => fixture.client.urlOf(source, buildRequest({ segments: ['..', 'admin'] }))).toThrow('outside');
  expect(fixture.client.urlOf(source, buildRequest({ segments: ['a'], query: [['b', 'c']] })).href).toBe(
    'https://hub.example/mirror/a?b=c',
  );
});

describe("the source's token", () => {
  it('goes along, for its own URL only', async () => {
    const far = await fixture.startUpstream(json(200, {}));
    const source = fixture.sourceAt(far, { token: TOKEN });
    await fixture.reply(source);
    expect(far.requests[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(fixture.healthOf(source)?.token).toBe('accepted');
    await fixture.reply({ ...source, key: 'db:2' });
    expect(far.requests[1]!.headers.authorization).toBeUndefined();
  });

  it('when the source rejects it, is left away, and health says so', async () => {
    const rejects = json(401, { error: 'Invalid credentials in Authorization header' });
    const far = await fixture.startUpstream((response, request) =>
      (request.headers.authorization ? rejects : json(200, { id: 'o/r' }))(response, request),
    );
    const source = fixture.sourceAt(far, { token: TOKEN });
    expect(await fixture.reply(source)).toMatchObject({ json: { id: 'o/r' } });
    expect(far.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, undefined]);
    expect(fixture.healthOf(source)).toMatchObject({ token: 'rejected', breaker: 'closed' });
    expect(JSON.stringify(fixture.health.report())).not.toContain(TOKEN);
  });

  it('the same said in a header', async () => {
    const words = { 'x-error-message': 'Invalid credentials in Authorization header' };
    const far = await fixture.startUpstream(inSequence(bytes(401, '', words), bytes(404, '')));
    const reply = await fixture.reply(fixture.sourceAt(far, { token: TOKEN }), { method: 'HEAD', expects: 'stream' });
    expect(reply.status).toBe(404);
    expect(far.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, undefined]);
  });

  it('an ordinary 401 is no rejection: it is how a missing repository looks', async () => {
    const far = await fixture.startUpstream(json(401, { error: 'Invalid username or password.' }));
    const source = fixture.sourceAt(far, { token: TOKEN });
    expect((await fixture.reply(source)).status).toBe(401);
    expect(far.requests).toHaveLength(1);
    expect(fixture.healthOf(source)?.token).toBe('none');
  });

  it('there being none, a 401 is asked once', async () => {
    const far = await fixture.startUpstream(json(401, { error: 'Invalid credentials in Authorization header' }));
    await fixture.reply(fixture.sourceAt(far));
    expect(far.requests).toHaveLength(1);
    expect(requestText(far.requests[0]!).toLowerCase()).not.toContain('authorization');
  });
});

it('connections are kept, also after a HEAD', async () => {
  const far = await fixture.startUpstream(json(200, {}));
  const source = fixture.sourceAt(far);
  const ports = new Set<unknown>();
  far.reply = (response, request) => {
    ports.add(response.socket?.remotePort);
    return json(200, {})(response, request);
  };
  for (let n = 0; n < 12; n++) await fixture.reply(source, { method: 'HEAD' });
  expect(far.requests.map(({ headers }) => headers.connection)).toEqual(Array(12).fill('keep-alive'));
  expect(ports.size).toBeLessThanOrEqual(2); // a pool takes a second one while the first is still being put away
});
