import { buildSource } from '../../../support/build-source.js';
import { bytes, hang, inSequence, json, redirect } from '../../../support/fake-replies.js';
import { requestText } from '../../../support/fake-upstream.js';
import { bytesOf, TOKEN, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture()));
afterEach(() => fixture.close());

const COMMIT = 'c'.repeat(40);
const fileHeaders = { 'x-repo-commit': COMMIT, 'x-linked-size': '3', 'x-linked-etag': '"sha"' };

describe("redirects on the source's own origin", () => {
  it.each([301, 302, 303, 307, 308])('are followed with the token, relative and absolute: %d', async (status) => {
    const upstream = await fixture.startUpstream((response, request) => {
      if (request.url.startsWith('/new')) return json(200, { id: 'o/r' })(response, request);
      const target = request.url.startsWith('/api') ? '/moved' : `${upstream.url}/new`;
      return redirect(status, target)(response, request);
    });
    const reply = await fixture.reply(fixture.sourceAt(upstream, { token: TOKEN }));
    expect(reply.json).toEqual({ id: 'o/r' });
    expect(upstream.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/api/models/o/r', `Bearer ${TOKEN}`],
      ['/moved', `Bearer ${TOKEN}`],
      ['/new', `Bearer ${TOKEN}`],
    ]);
  });

  it('are followed with the same method and form', async () => {
    const upstream = await fixture.startUpstream(inSequence(redirect(307, '/elsewhere'), json(200, [])));
    await fixture.reply(fixture.sourceAt(upstream), { method: 'POST', form: [['paths', 'a b']] });
    expect(upstream.requests.map(({ method, body }) => [method, body.toString()])).toEqual(
      Array(2).fill(['POST', 'paths=a%20b']),
    );
  });

  it('keep the file metadata of the first response', async () => {
    const upstream = await fixture.startUpstream(
      inSequence(
        redirect(302, '/store', fileHeaders),
        bytes(200, 'abc', { etag: '"of-the-store"', 'content-type': 'text/plain' }),
      ),
    );
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    expect(reply.headers).toMatchObject({ ...fileHeaders, 'content-type': 'text/plain' });
    expect((await bytesOf(reply)).toString()).toBe('abc');
  });

  it('fail after five steps', async () => {
    const upstream = await fixture.startUpstream(redirect(302, '/round'));
    expect(await fixture.failure(fixture.sourceAt(upstream))).toMatchObject({
      category: 'invalid',
      message: 'It redirected too many times',
    });
    expect(upstream.requests).toHaveLength(6);
  });

  it.each([
    ['always', {}, 2],
    ['unless-described', { 'x-repo-commit': COMMIT }, 2],
    ['unless-described', fileHeaders, 1],
  ] as const)('follow %s: a response with %j causes %d requests', async (follow, headers, requests) => {
    const upstream = await fixture.startUpstream(inSequence(redirect(307, '/next', headers), bytes(200, '')));
    const reply = await fixture.reply(fixture.sourceAt(upstream), { method: 'HEAD', expects: 'stream', follow });
    expect(upstream.requests).toHaveLength(requests);
    expect(reply.location).toBe(requests === 1 ? `${upstream.url}/next` : undefined);
  });
});

describe('redirects to another origin', () => {
  it.each([
    ['another host', '127.0.0.2'],
    ['another port', '127.0.0.1'],
  ])('are not followed, and nothing is sent there: %s', async (_, host) => {
    const other = await fixture.startUpstream(json(200, {}), host);
    const upstream = await fixture.startUpstream(redirect(302, `${other.url}/file?sig=1`, { 'x-repo-commit': COMMIT }));
    const source = fixture.sourceAt(upstream, { token: TOKEN });
    for (const expects of ['json', 'stream'] as const) {
      const reply = await fixture.reply(source, { expects });
      expect(reply).toMatchObject({
        status: 302,
        location: `${other.url}/file?sig=1`,
        headers: { 'x-repo-commit': COMMIT },
      });
      expect(reply.stream).toBeUndefined();
    }
    expect(other.requests).toEqual([]);
  });

  it('are not followed after a redirect on the source’s own origin', async () => {
    const other = await fixture.startUpstream(json(200, {}));
    const upstream = await fixture.startUpstream(
      inSequence(redirect(302, '/step'), redirect(302, `//127.0.0.1:${other.port}/x`)),
    );
    expect((await fixture.reply(fixture.sourceAt(upstream, { token: TOKEN }))).location).toBe(`${other.url}/x`);
    expect(other.requests).toEqual([]);
  });

  it.each(['http://[', 'javascript:alert(1)', ''])('are not followed to %j', async (target) => {
    const upstream = await fixture.startUpstream(redirect(302, target));
    expect((await fixture.send(fixture.sourceAt(upstream))).status).toBe(target === '' ? undefined : 302);
  });
});

const never = new AbortController().signal;

describe('fetchNamed()', () => {
  const fetchNamed = (target: string, conditions = {}) =>
    fixture.client.fetchNamed(
      buildSource(),
      target,
      { method: 'GET', conditions },
      { signal: new AbortController().signal, via: ['1.1 hubfall-0123456789ab'] },
    );

  it('requests a URL with Range and If-* and without a token', async () => {
    fixture = new UpstreamFixture({ allowPrivateNetworks: true });
    const store = await fixture.startUpstream(bytes(206, 'bc', { 'content-range': 'bytes 1-2/3' }));
    fixture.sourceAt(store, { token: TOKEN });
    const outcome = await fetchNamed(`${store.url}/file?sig=a%2Fb`, { range: 'bytes=1-2' });
    expect(outcome).toMatchObject({ kind: 'reply', status: 206, headers: { 'content-range': 'bytes 1-2/3' } });
    const [request] = store.requests;
    expect(request).toMatchObject({
      url: '/file?sig=a%2Fb',
      headers: { range: 'bytes=1-2', 'accept-encoding': 'identity' },
    });
    expect(request!.headers.via).toBe(`1.1 hubfall-0123456789ab, 1.1 hubfall-${fixture.instanceId}`);
    expect(requestText(request!)).not.toContain(TOKEN);
    if (outcome.kind === 'reply') expect((await bytesOf(outcome)).toString()).toBe('bc');
  });

  it('has the timeout of the source', async () => {
    fixture = new UpstreamFixture({ allowPrivateNetworks: true, timeoutMs: 600_000 });
    const store = await fixture.startUpstream(hang());
    const source = fixture.sourceAt(store, { timeoutSeconds: 1 });
    expect(
      await fixture.client.fetchNamed(source, `${store.url}/file`, { method: 'GET' }, { signal: never, via: [] }),
    ).toMatchObject({ category: 'timeout' });
  });

  it('does not follow redirects', async () => {
    fixture = new UpstreamFixture({ allowPrivateNetworks: true });
    const store = await fixture.startUpstream(redirect(302, '/again'));
    expect(await fetchNamed(`${store.url}/file`)).toMatchObject({ kind: 'reply', status: 302 });
    expect(store.requests).toHaveLength(1);
  });

  it.each([
    'http://127.0.0.1:PORT/x',
    'http://localhost:PORT/x',
    'http://[::ffff:127.0.0.1]:PORT/x',
    'http://2130706433:PORT/x',
  ])('refuses %s unless private networks are allowed', async (target) => {
    const inside = await fixture.startUpstream(bytes(200, 'secret'));
    expect(await fetchNamed(target.replace('PORT', String(inside.port)))).toMatchObject({
      kind: 'failure',
      category: 'refused',
    });
    expect(await inside.connections()).toBe(0);
  });

  it.each(['no url', 'ftp://example.org/x', 'http://169.254.169.254/latest/meta-data'])(
    'always refuses %s',
    async (target) => {
      fixture = new UpstreamFixture({ allowPrivateNetworks: true });
      expect(await fetchNamed(target)).toMatchObject({ kind: 'failure' });
    },
  );
});
