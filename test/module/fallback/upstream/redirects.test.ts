import { bytes, inSequence, json, redirect } from '../../../support/fake-replies.js';
import { requestText } from '../../../support/fake-upstream.js';
import { bytesOf, TOKEN, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture()));
afterEach(() => fixture.close());

const COMMIT = 'c'.repeat(40);
const description = { 'x-repo-commit': COMMIT, 'x-linked-size': '3', 'x-linked-etag': '"sha"' };

describe("on the source's own origin", () => {
  it.each([301, 302, 303, 307, 308])(
    'a %d is followed, relative or absolute, and the token goes along',
    async (status) => {
      const far = await fixture.startUpstream((response, request) => {
        if (request.url.startsWith('/new')) return json(200, { id: 'o/r' })(response, request);
        const target = request.url.startsWith('/api') ? '/moved' : `${far.url}/new`;
        return redirect(status, target)(response, request);
      });
      const reply = await fixture.reply(fixture.sourceAt(far, { token: TOKEN }));
      expect(reply.json).toEqual({ id: 'o/r' });
      expect(far.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
        ['/api/models/o/r', `Bearer ${TOKEN}`],
        ['/moved', `Bearer ${TOKEN}`],
        ['/new', `Bearer ${TOKEN}`],
      ]);
    },
  );

  it('a form is sent again, with its method', async () => {
    const far = await fixture.startUpstream(inSequence(redirect(307, '/elsewhere'), json(200, [])));
    await fixture.reply(fixture.sourceAt(far), { method: 'POST', form: [['paths', 'a b']] });
    expect(far.requests.map(({ method, body }) => [method, body.toString()])).toEqual(
      Array(2).fill(['POST', 'paths=a%20b']),
    );
  });

  it("the first answer's description of a file outlives what a store behind it says", async () => {
    const far = await fixture.startUpstream(
      inSequence(
        redirect(302, '/store', description),
        bytes(200, 'abc', { etag: '"of-the-store"', 'content-type': 'text/plain' }),
      ),
    );
    const reply = await fixture.reply(fixture.sourceAt(far), { expects: 'stream' });
    expect(reply.headers).toMatchObject({ ...description, 'content-type': 'text/plain' });
    expect((await bytesOf(reply)).toString()).toBe('abc');
  });

  it('a circle ends as a failure after five steps', async () => {
    const far = await fixture.startUpstream(redirect(302, '/round'));
    expect(await fixture.failure(fixture.sourceAt(far))).toMatchObject({
      category: 'invalid',
      message: 'it redirects in circles',
    });
    expect(far.requests).toHaveLength(6);
  });

  it.each([
    ['always', {}, 2],
    ['unless-described', { 'x-repo-commit': COMMIT }, 2],
    ['unless-described', description, 1],
  ] as const)('%s, the answer saying %j: %d requests', async (follow, headers, requests) => {
    const far = await fixture.startUpstream(inSequence(redirect(307, '/next', headers), bytes(200, '')));
    const reply = await fixture.reply(fixture.sourceAt(far), { method: 'HEAD', expects: 'stream', follow });
    expect(far.requests).toHaveLength(requests);
    expect(reply.location).toBe(requests === 1 ? `${far.url}/next` : undefined);
  });
});

describe('to another origin', () => {
  it.each([
    ['another host', '127.0.0.2'],
    ['another port', '127.0.0.1'],
  ])('%s: it is not followed, and nothing at all is sent there', async (_, host) => {
    const other = await fixture.startUpstream(json(200, {}), host);
    const far = await fixture.startUpstream(redirect(302, `${other.url}/file?sig=1`, { 'x-repo-commit': COMMIT }));
    const source = fixture.sourceAt(far, { token: TOKEN });
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

  it('nor when only a step on its own origin led there', async () => {
    const other = await fixture.startUpstream(json(200, {}));
    const far = await fixture.startUpstream(
      inSequence(redirect(302, '/step'), redirect(302, `//127.0.0.1:${other.port}/x`)),
    );
    expect((await fixture.reply(fixture.sourceAt(far, { token: TOKEN }))).location).toBe(`${other.url}/x`);
    expect(other.requests).toEqual([]);
  });

  it.each(['http://[', 'javascript:alert(1)', ''])('a target like %j is not followed', async (target) => {
    const far = await fixture.startUpstream(redirect(302, target));
    expect((await fixture.send(fixture.sourceAt(far))).status).toBe(target === '' ? undefined : 302);
  });
});

describe('what a redirect names is fetched', () => {
  const fetchNamed = (target: string, conditions = {}) =>
    fixture.client.fetchNamed(
      target,
      { method: 'GET', conditions },
      { signal: new AbortController().signal, via: ['1.1 hubfall-0123456789ab'] },
    );

  it('with Range and If-* and without any token, when private networks are allowed', async () => {
    fixture = new UpstreamFixture({ allowPrivateNetworks: true });
    const store = await fixture.startUpstream(bytes(206, 'bc', { 'content-range': 'bytes 1-2/3' }));
    fixture.sourceAt(store, { token: TOKEN });
    const outcome = await fetchNamed(`${store.url}/file?sig=a%2Fb`, { range: 'bytes=1-2' });
    expect(outcome).toMatchObject({ kind: 'reply', status: 206, headers: { 'content-range': 'bytes 1-2/3' } });
    const [seen] = store.requests;
    expect(seen).toMatchObject({
      url: '/file?sig=a%2Fb',
      headers: { range: 'bytes=1-2', 'accept-encoding': 'identity' },
    });
    expect(seen!.headers.via).toBe(`1.1 hubfall-0123456789ab, 1.1 hubfall-${fixture.config.instanceId}`);
    expect(requestText(seen!)).not.toContain(TOKEN);
    if (outcome.kind === 'reply') expect((await bytesOf(outcome)).toString()).toBe('bc');
  });

  it('and its own redirects are not followed', async () => {
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
  ])('but not from %s unless private networks are allowed', async (target) => {
    const inside = await fixture.startUpstream(bytes(200, 'secret'));
    expect(await fetchNamed(target.replace('PORT', String(inside.port)))).toMatchObject({
      kind: 'failure',
      category: 'refused',
    });
    expect(await inside.connections()).toBe(0);
  });

  it.each(['no url', 'ftp://example.org/x', 'http://169.254.169.254/latest/meta-data'])(
    'nor from %s, ever',
    async (target) => {
      fixture = new UpstreamFixture({ allowPrivateNetworks: true });
      expect(await fetchNamed(target)).toMatchObject({ kind: 'failure' });
    },
  );
});
