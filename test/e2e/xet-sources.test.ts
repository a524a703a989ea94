import { createHash, randomBytes } from 'node:crypto';
import { cacheKeyOf } from '../../src/repos/content-cache/cache-key.js';
import { DownloadCounts } from '../../src/repos/store/download-counts.service.js';
import { relayedId } from '../../src/repos/xet-reads/relayed-ids.js';
import { adminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { json, redirect } from '../support/fake-replies.js';
import { FakeXetStorage } from '../support/fake-xet-storage.js';
import { requestText, type RecordedRequest } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';
import { XetReader } from '../support/xet-reader.js';

/** The token of the private source, which must not be sent anywhere else. */
const SOURCE_TOKEN = 'hf_tokenofthesource0123456789';
const ABOVE = 60_000_000_000;
const small = randomBytes(3_000_000);
const repeated = randomBytes(4 * 1024 * 1024);

const FILES = { 'small.bin': { lfs: small }, 'above.bin': { lfs: repeated, size: ABOVE }, 'note.txt': 'text' };
const OTHER = { 'other.bin': { lfs: randomBytes(100_000) } };
const SIBLINGS = ['a.bin', 'denied.bin'].map((rfilename) => ({ rfilename, size: 9, xetHash: 'd'.repeat(64) }));
/** The sources, each with a namespace of the same name. */
const SOURCES = {
  unset: {},
  hide: { xet: 'hide' },
  relay: { xet: 'relay', rules: [{ files: 'denied.bin', delivery: 'deny' }] },
  proxied: { xet: 'relay', delivery: 'proxy' },
  cached: { xet: 'relay', delivery: 'cache' },
  copied: { delivery: 'cache' },
  stored: { xet: 'relay', token: SOURCE_TOKEN },
  pass: { xet: 'pass', rules: [{ files: 'above.bin', delivery: 'proxy' }] },
  closed: { xet: 'relay', token: SOURCE_TOKEN, require_auth: true },
} as const;
type SourceName = keyof typeof SOURCES;

let storage: FakeXetStorage;
const hubs = new Map<SourceName, FakeHuggingFace>();
let hub: RunningHub;
let alice: TestUser;

beforeAll(async () => {
  storage = await FakeXetStorage.start();
  const settings: object[] = [];
  const stored: object[] = [];
  for (const [name, facts] of Object.entries(SOURCES) as [SourceName, object][]) {
    const isPrivate = name === 'closed' || name === 'stored';
    const source = await FakeHuggingFace.start({
      repos: [
        { id: `${name}/model`, files: { ...FILES, 'denied.bin': { lfs: randomBytes(9000) } }, private: isPrivate },
        { id: `${name}/other`, type: 'dataset', files: OTHER, private: isPrivate, info: { siblings: SIBLINGS } },
      ],
      accounts: [{ name: 'bot', token: SOURCE_TOKEN, reads: [`${name}/model`, `${name}/other`] }],
      xet: storage,
    });
    hubs.set(name, source);
    const setting = { name, url: source.url, source_type: 'huggingface', include: [`${name}/*`], ...facts };
    (name === 'stored' ? stored : settings).push(setting);
  }
  const env = {
    KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(settings),
    KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
    KOHAKU_HUB_XET_THRESHOLD: '1MB',
  };
  hub = await startHub({ env });
  for (const setting of stored) await adminClient(hub)('POST', '/fallback-sources', setting);
  alice = await createTestUser(hub, 'alice');
});
afterAll(async () => {
  await hub?.close();
  await Promise.all([storage, ...hubs.values()].map((server) => server?.close()));
});
afterEach(() => {
  storage.script = storage.bytesScript = undefined;
  storage.hasV1 = storage.hasV2 = true;
  storage.hasMultipleRanges = false;
  for (const server of [storage, ...hubs.values()]) server.forget();
});

const send = (path: string, options: RequestOptions = {}): Promise<HttpResponse> => sendRequest(hub.url, path, options);
const blobOf = (name: SourceName, path: string, repo = 'model') => {
  const { main } = hubs.get(name)!.repo(`${name}/${repo}`);
  const blob = main.entries.find((entry) => entry.path === path) as { lfs?: { xetHash: string } } | undefined;
  return { hash: blob!.lfs!.xetHash, commit: main.id };
};
/** The hash of a file in the list of this hub. */
async function hashOf(name: SourceName, path: string, repo = 'models', id = 'model'): Promise<string> {
  const response = await send(`/api/${repo}/${name}/${id}/tree/main`, { headers: alice.headers });
  return (response.json() as { path: string; xetHash?: string }[]).find((entry) => entry.path === path)!.xetHash!;
}
const readerOf = (name: SourceName, user?: TestUser, repo = 'models', id = 'model'): Promise<XetReader> =>
  XetReader.of(hub.url, `${repo}/${name}/${id}`, user?.headers);
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
/** All requests that the source, its CDN and its storage have received. */
const received = (name: SourceName): RecordedRequest[] => [...hubs.get(name)!.requests, ...storage.requests];

describe('the hints for a file of a source', () => {
  const OFFERS: [SourceName, string, 'none' | 'hub' | 'storage'][] = [
    ['unset', 'small.bin', 'none'],
    ['unset', 'above.bin', 'hub'],
    ['hide', 'small.bin', 'none'],
    ['hide', 'above.bin', 'none'],
    ['relay', 'small.bin', 'hub'],
    ['relay', 'above.bin', 'hub'],
    ['relay', 'denied.bin', 'none'],
    ['proxied', 'above.bin', 'hub'],
    ['pass', 'small.bin', 'storage'],
    ['pass', 'above.bin', 'none'],
    ['pass', 'note.txt', 'none'],
    ['closed', 'small.bin', 'hub'],
    ['closed', 'above.bin', 'hub'],
  ];

  it.each(OFFERS)('are the same everywhere: %s/model, %s: %s', async (name, path, offer) => {
    const file = `/${name}/model/resolve/main/${path}`;
    const api = `/api/models/${name}/model`;
    const { headers } = alice;
    const [head, get, tree, paths, info] = await Promise.all([
      send(file, { method: 'HEAD', headers }),
      send(file, { headers: { ...headers, range: 'bytes=0-9' } }),
      send(`${api}/tree/main?recursive=true`, { headers }),
      send(`${api}/paths-info/main`, { method: 'POST', headers, json: { paths: [path] } }),
      send(file, { headers: { ...headers, range: 'bytes=0-0', accept: 'application/vnd.xet-fileinfo+json, */*' } }),
    ]);
    const entry = (tree.json() as { path: string; xetHash?: string }[]).find((each) => each.path === path);
    const [listed] = paths.json() as { xetHash?: string }[];
    const inLists = [entry?.xetHash, listed?.xetHash];
    if (offer === 'none') {
      expect(inLists).toEqual([undefined, undefined]);
      for (const response of [head, get, info]) expect(Object.keys(response.headers).join()).not.toMatch(/xet|link,/);
      expect(info.headers['content-type']).not.toContain('xet');
      return;
    }
    const { hash: reported, commit } = blobOf(name, path);
    const hash = offer === 'hub' ? await hashOf(name, path) : reported;
    expect(hash === reported).toBe(offer === 'storage');
    const base = offer === 'hub' ? `${hub.url}/xet` : storage.cas.url;
    const link = `<${hub.url}${api}/xet-read-token/${commit}>; rel="xet-auth", <${base}/v1/reconstructions/${hash}>; rel="xet-reconstruction-info"`;
    expect(inLists).toEqual([hash, hash]);
    for (const response of [head, get, info])
      expect(response.headers).toMatchObject({ 'x-xet-hash': hash, link, 'x-repo-commit': commit });
    expect([info.status, info.headers['content-type']]).toEqual([200, 'application/vnd.xet-fileinfo+json']);
    expect([info.headers['etag'], info.headers['cache-control']]).toEqual([undefined, 'no-store']);
    expect(info.headers['x-linked-etag']).toBe(head.headers['etag']);
    for (const response of [head, get, info])
      expect(response.headers['vary']).toBe('Authorization, Cookie, Host, Accept');
    const accept = 'application/vnd.xet-fileinfo+json';
    const known = { ...headers, accept, 'if-none-match': head.headers['etag']! };
    expect((await send(file, { headers: known })).status).toBe(200);
    expect(info.headers['x-linked-size']).toBe(String(path === 'above.bin' ? ABOVE : small.length));
  });

  it.each<[SourceName, boolean]>([
    ['hide', false],
    ['unset', true],
    ['pass', true],
  ])('include xetEnabled: of %s, it is %s', async (name, enabled) => {
    expect((await send(`/api/models/${name}/model?expand[]=xetEnabled`)).json()).toMatchObject({ xetEnabled: enabled });
  });

  it.each<[SourceName, string[]]>([
    ['unset', []],
    ['hide', []],
    ['relay', ['a.bin']],
    ['pass', ['a.bin', 'denied.bin']],
  ])('in the information about a repository of %s: %j', async (name, offered) => {
    const { siblings } = (await send(`/api/datasets/${name}/other`)).json() as { siblings: typeof SIBLINGS };
    const withHash = siblings.filter((each) => 'xetHash' in each);
    expect(withHash.map(({ rfilename }) => rfilename)).toEqual(offered);
    for (const { xetHash } of withHash) expect(xetHash === SIBLINGS[0]!.xetHash).toBe(name === 'pass');
  });

  const proxied = { delivery: 'proxy', xet: 'hide', files: 1 };
  const denied = { delivery: 'deny', xet: 'hide', files: 1 };
  it.each<[string, SourceName, object[]]>([
    [
      'tree',
      'pass',
      [proxied, { delivery: 'redirect', xet: 'pass', files: 2 }, { delivery: 'redirect', xet: 'hide', files: 1 }],
    ],
    // information about a repository has neither sizes nor Xet hashes
    ['info', 'pass', [proxied, { delivery: 'redirect', xet: null, files: 3 }]],
    ['revision', 'relay', [{ delivery: 'redirect', xet: null, files: 3 }, denied]],
    ['info', 'unset', [{ delivery: 'redirect', xet: null, files: 4 }]],
    ['info', 'hide', [{ delivery: 'redirect', xet: 'hide', files: 4 }]],
  ])('are shown by a dry run: %s of %s', async (op, namespace, expected) => {
    const body = { op, repo_type: 'model', namespace, name: 'model', revision: op === 'revision' ? 'main' : undefined };
    const headers = { 'x-admin-token': hub.adminToken };
    const response = await send('/admin/api/fallback/test/simulate', { method: 'POST', headers, json: body });
    const { deliveries } = response.json() as { deliveries: object[] };
    expect(deliveries).toHaveLength(expected.length);
    expect(deliveries).toEqual(expect.arrayContaining(expected.map((each) => expect.objectContaining(each) as object)));
  });
});

describe('xet: pass', () => {
  it('returns an anonymous token of the source, which reads the file from its storage', async () => {
    const response = await send('/api/models/pass/model/xet-read-token/main', { headers: alice.headers });
    const token = response.json() as { casUrl: string; accessToken: string; exp: number };
    expect(token).toEqual({
      casUrl: storage.cas.url,
      accessToken: expect.stringMatching(/^xet_anonymous_/),
      exp: expect.any(Number),
    });
    expect(response.headers).toMatchObject({
      'x-xet-cas-url': token.casUrl,
      'x-xet-access-token': token.accessToken,
      'x-xet-token-expiration': String(token.exp),
      'cache-control': 'no-store',
    });
    const { hash } = blobOf('pass', 'small.bin');
    expect(sha256(await new XetReader(token.casUrl, token.accessToken).read(hash))).toBe(sha256(small));
    const requests = hubs.get('pass')!.requests.filter(({ url }) => url.includes('xet-read-token'));
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    for (const request of received('pass')) expect(requestText(request)).not.toContain(alice.token);
  });
});

describe.each(['pass', 'relay'] as const)('a token of a source with xet: %s', (name) => {
  const tokenFor = async (reply: unknown): Promise<HttpResponse> => {
    const source = hubs.get(name)!;
    source.scripts.set(`${name}/other`, (response, request) =>
      request.url.includes('xet-read-token')
        ? json(200, reply)(response, request)
        : source.unscripted(request)(response, request),
    );
    const response = await send(`/api/datasets/${name}/other/xet-read-token/main`);
    source.scripts.clear();
    return response;
  };

  it('is refused for a storage at an address that is never allowed, with a status after which clients do not retry', async () => {
    const response = await tokenFor({ casUrl: 'http://169.254.169.254/', accessToken: 't', exp: 4e9 });
    const message = `The Xet storage of the source ${name} cannot be used. Connections to this address are not allowed: 169.254.169.254 is a link-local address.`;
    expect([response.status, response.headers['x-error-message']]).toEqual([424, message]);
  });

  it.each<[string, unknown]>([
    ['another scheme', { casUrl: 'file:///etc/passwd', accessToken: 't', exp: 4e9 }],
    ['a long address', { casUrl: `https://cas.example/${'x'.repeat(3000)}`, accessToken: 't', exp: 4e9 }],
    ['a token with a line break', { casUrl: 'https://cas.example', accessToken: 'a\r\nset-cookie: x', exp: 4e9 }],
    ['a long token', { casUrl: 'https://cas.example', accessToken: 'x'.repeat(5000), exp: 4e9 }],
    ['an expired token', { casUrl: 'https://cas.example', accessToken: 't', exp: 1 }],
    ['no token', {}],
    ['a list', []],
  ])('is refused in a reply with %s', async (what, reply) => {
    const response = await tokenFor(reply);
    expect([what, response.status]).toEqual([what, 502]);
    expect(response.headers['x-error-message']).toContain('invalid token for its Xet storage');
  });
});

describe('xet: relay', () => {
  it.each<[SourceName, number, string | undefined]>([
    ['relay', 1, undefined],
    ['relay', 2, undefined],
    ['relay', 1, 'bytes=100000-2222222'],
    ['relay', 2, 'bytes=2999999-2999999'],
    ['proxied', 2, undefined],
    ['closed', 1, undefined],
  ])('reads a file of %s in version %s (%s)', async (name, version, range) => {
    const reader = await readerOf(name, alice);
    const read = await reader.read(await hashOf(name, 'small.bin'), range, version);
    const [first, last] = (range ?? `bytes=0-${small.length - 1}`).slice(6).split('-').map(Number) as [number, number];
    expect(read.subarray(0, last - first + 1).equals(small.subarray(first, last + 1))).toBe(true);
  });

  it.each([{ hasV2: false }, { hasMultipleRanges: true }])('reads from a storage with %j', async (facts) => {
    Object.assign(storage, facts);
    const range = 'bytes=70000-2800000';
    const read = await (await readerOf('relay')).read(await hashOf('relay', 'small.bin'), range);
    expect(read.subarray(0, 2_730_001).equals(small.subarray(70_000, 2_800_001))).toBe(true);
  });

  it('reads version 2 of a storage that has no version 1', async () => {
    storage.hasV1 = false;
    storage.hasMultipleRanges = true;
    const read = await (await readerOf('relay')).read(await hashOf('relay', 'small.bin'), 'bytes=1-2900000');
    expect(read.subarray(0, 2_900_000).equals(small.subarray(1, 2_900_001))).toBe(true);
  });

  it('lets a file above the limit begin to flow, at any place', async () => {
    const reader = await readerOf('unset');
    const at = 55_555_555_555;
    const read = await reader.read(await hashOf('unset', 'above.bin'), `bytes=${at}-${at + 999}`);
    const expected = Buffer.concat([repeated, repeated]).subarray(at % repeated.length);
    expect(read.subarray(0, 1000).equals(expected.subarray(0, 1000))).toBe(true);
  });

  it('has ids of this hub for each source, so that no source replaces other files in the caches of clients', async () => {
    const names = ['relay', 'proxied', 'closed'] as const; // they report the same hash for this file, as a source could do with that of another file
    const files = await Promise.all(names.map((name) => hashOf(name, 'small.bin')));
    const readers = await Promise.all(names.map((name) => readerOf(name, alice)));
    const found = await Promise.all(readers.map((reader, n) => reader.terms(files[n]!)));
    const xorbs = found.map(({ terms }) => terms.map(({ xorb }) => xorb));
    const parts = await Promise.all(found.map(({ terms: [term] }, n) => readers[n]!.part(term!)));
    expect(parts.map(({ headers }) => headers['etag'])).toEqual(xorbs.map(([xorb]) => `"${xorb}"`));
    const reported = storage.store.requests.flatMap(({ url }) => url.match(/[0-9a-f]{64}/g) ?? []);
    expect(reported).toHaveLength(3);
    reported.push(blobOf('relay', 'small.bin').hash);
    const ids = [...files, ...xorbs.flat()];
    expect(new Set(ids).size).toBe(3 + 3 * 3);
    const sent = JSON.stringify([files, found]);
    expect(reported.filter((hash) => sent.includes(hash))).toEqual([]);
  });

  it('keeps all credentials where they belong', async () => {
    await (await readerOf('closed', alice)).read(await hashOf('closed', 'small.bin'), 'bytes=8-80');
    const [tokenRequest] = hubs.get('closed')!.requests.filter(({ url }) => url.includes('xet-read-token'));
    expect(tokenRequest?.headers.authorization ?? `Bearer ${SOURCE_TOKEN}`).toBe(`Bearer ${SOURCE_TOKEN}`);
    expect(storage.cas.requests.length).toBeGreaterThan(0);
    expect(storage.store.requests.length).toBeGreaterThan(0);
    for (const { headers } of storage.cas.requests) expect(headers.authorization).toMatch(/^Bearer xet_bot_/);
    for (const { headers } of storage.store.requests) expect(headers.authorization).toBeUndefined();
    for (const request of storage.requests) expect(requestText(request)).not.toContain(SOURCE_TOKEN);
    for (const request of received('closed')) expect(requestText(request)).not.toContain(alice.token);
  });

  it('replaces signed URLs that have expired', async () => {
    const reader = await readerOf('relay');
    const hash = await hashOf('relay', 'small.bin');
    const { terms } = await reader.terms(hash);
    storage.expireSignatures();
    const parts = await Promise.all(terms.map((term) => reader.part(term)));
    expect(parts.map(({ status }) => status)).toEqual(terms.map(() => 206));
    expect(storage.cas.requests.length).toBeLessThanOrEqual(2);
  });

  it('does not send chunks that the client has, or has not requested', async () => {
    const reader = await readerOf('relay');
    const { terms } = await reader.terms(await hashOf('relay', 'small.bin'));
    const [term] = terms as [(typeof terms)[number]];
    const head = await reader.part(term, { method: 'HEAD' });
    const known = await reader.part(term, { headers: { 'if-none-match': `"${term.xorb}"` } });
    expect([head.status, known.status]).toEqual([206, 304]);
    expect(head.headers).toMatchObject({ etag: `"${term.xorb}"`, 'content-length': String(term.bytes.end + 1) });
    expect(storage.store.requests).toEqual([]);
  });

  it('requests a new token if the storage does not accept the last one', async () => {
    const reader = await readerOf('relay');
    storage.revokeTokens();
    expect((await reader.describe(await hashOf('relay', 'small.bin'), 'bytes=5-9')).status).toBe(200);
  });

  it('requests descriptions of the same range once', async () => {
    const reader = await readerOf('relay');
    const hash = await hashOf('relay', 'small.bin');
    const range = 'bytes=7-2000000';
    await Promise.all([reader.read(hash, range), reader.read(hash, range, 1), reader.read(hash, range)]);
    expect(storage.cas.requests.filter(({ url }) => url.includes(blobOf('relay', 'small.bin').hash))).toHaveLength(1);
  });
});

describe('a file of a source with the content cache', () => {
  /** The hashes in all replies about a file. */
  async function hashesOf(name: SourceName): Promise<unknown[]> {
    const path = 'small.bin';
    const file = `/${name}/model/resolve/main/${path}`;
    const accept = 'application/vnd.xet-fileinfo+json, */*';
    const [head, range, info, tree, paths] = await Promise.all([
      send(file, { method: 'HEAD' }),
      send(file, { headers: { range: 'bytes=0-9' } }),
      send(file, { headers: { range: 'bytes=0-0', accept } }),
      send(`/api/models/${name}/model/tree/main`),
      send(`/api/models/${name}/model/paths-info/main`, { method: 'POST', json: { paths: [path] } }),
    ]);
    const listed = [tree, paths].map((response) =>
      (response.json() as { path: string; xetHash?: string }[]).find((each) => each.path === path),
    );
    return [
      ...[head, range, info].map(({ headers }) => headers['x-xet-hash']),
      ...listed.map((entry) => entry?.xetHash),
    ];
  }
  const same = (hash: unknown): unknown[] => new Array<unknown>(5).fill(hash);

  it.each<[SourceName, boolean]>([
    ['cached', true],
    ['copied', false],
  ])('is relayed until it is cached, and then read from the hub: %s', async (name, isRelayed) => {
    const hash = isRelayed ? await hashOf(name, 'small.bin') : blobOf(name, 'small.bin').hash;
    expect(await hashesOf(name)).toEqual(same(isRelayed ? hash : undefined));
    const reader = await readerOf(name);
    if (isRelayed) expect((await reader.read(hash)).equals(small)).toBe(true);
    expect((await send(`/${name}/model/resolve/main/small.bin`)).body.equals(small)).toBe(true);
    await eventually(async () => (await hashesOf(name))[0] !== (isRelayed ? hash : undefined));
    const [own] = await hashesOf(name);
    expect(await hashesOf(name)).toEqual(same(own));
    storage.forget();
    expect((await (await readerOf(name)).read(own as string)).equals(small)).toBe(true);
    expect(storage.requests).toEqual([]);
    expect((await reader.describe(hash)).status).toBe(isRelayed ? 200 : 404); // a client may have an older list
  });
});

describe('a request for a relayed file is refused', () => {
  it('after the credentials of its source have changed', async () => {
    const hash = await hashOf('stored', 'small.bin');
    const reader = await readerOf('stored');
    const { terms } = await reader.terms(hash);
    const admin = adminClient(hub);
    const { body } = await admin('GET', '/fallback-sources');
    const { id } = (body as { id: number; name: string }[]).find(({ name }) => name === 'stored')!;
    expect((await admin('PUT', `/fallback-sources/${id}`, { token: null })).status).toBe(200);
    expect([(await reader.describe(hash)).status, (await reader.part(terms[0]!)).status]).toEqual([404, 404]);
    expect(storage.store.requests).toEqual([]);
  });

  it('without access to the source', async () => {
    expect((await send('/api/models/closed/model/xet-read-token/main')).status).toBe(404);
    expect((await send('/api/models/relay/model/xet-read-token/none')).status).toBe(404);
    expect(storage.requests).toEqual([]);
  });

  it('with the token of another repository, for a denied file, or for a hash that the repository does not have', async () => {
    const of = { model: await readerOf('relay'), other: await readerOf('relay', undefined, 'datasets', 'other') };
    const small_ = await hashOf('relay', 'small.bin');
    const responses = await Promise.all([
      of.other.describe(small_),
      of.model.describe(await hashOf('relay', 'other.bin', 'datasets', 'other')),
      of.model.describe(relayedId('file', cacheKeyOf(hubs.get('relay')!), blobOf('relay', 'denied.bin').hash)),
      of.model.describe(blobOf('relay', 'small.bin').hash), // as the source reports it
      of.model.describe('f'.repeat(64)),
      of.model.describe(small_, 'bytes=3000000-'),
      of.model.describe('../../admin'),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 416, 404]);
    expect(storage.requests).toEqual([]);
  });

  it('with bytes before or after its link, as for files of this hub; it may read any of the others', async () => {
    const reader = await readerOf('relay');
    const { terms } = await reader.terms(await hashOf('relay', 'small.bin'), 'bytes=1000000-1200000');
    const [term] = terms as [(typeof terms)[number]];
    const { start, end } = term.bytes;
    const whole = (await reader.part(term)).body;
    const read = async (range: string): Promise<[number, boolean]> => {
      const { status, body, headers } = await reader.part(term, { headers: { range } });
      const [, from, to] = /bytes (\d+)-(\d+)/.exec(headers['content-range'] ?? '') ?? [];
      const expected = whole.subarray(Number(from) - start, Number(to) - start + 1);
      return [status, status === 206 && body.equals(expected) && range === `bytes=${from}-${to}`];
    };
    for (const [from, to] of [
      [start, start],
      [start + 9, end - 9],
      [end - 10_000, end],
      [end, end],
      [start, end],
    ])
      expect([from, to, await read(`bytes=${from}-${to}`)]).toEqual([from, to, [206, true]]);
    for (const range of [`${start}-${end + 1}`, `${start - 1}-${end}`, `${start}-`, '-5', `${end + 1}-${end + 9}`])
      expect([range, await read(`bytes=${range}`)]).toEqual([range, [403, false]]);
  });

  it('with a widened, shifted or forged link', async () => {
    const reader = await readerOf('relay');
    const { terms } = await reader.terms(await hashOf('relay', 'small.bin'), 'bytes=1000000-1200000');
    const [term] = terms as [(typeof terms)[number]];
    const { start, end } = term.bytes;
    const { url } = term;
    const widened = url.replace(/-\d+-\d+$/, '-0-1048703');
    storage.forget();
    const responses = await Promise.all([
      reader.part({ url, bytes: { start: 0, end } }),
      reader.part({ url: widened, bytes: { start: 0, end: 1_048_703 } }),
      reader.part({ url: url.replace(/[0-9a-f]{64}/, 'e'.repeat(64)), bytes: { start, end } }),
      reader.part({ url: url.replace(/xorbs\/./, 'xorbs/x'), bytes: { start, end } }),
      reader.part({ url: `${url}x`, bytes: { start, end } }),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 404]);
    expect(storage.store.requests).toEqual([]);
  });
});

describe('with a hostile or broken storage', () => {
  const describeOf = async (range = `bytes=0-${Math.floor(Math.random() * 1e6) + 1000}`): Promise<HttpResponse> =>
    (await readerOf('relay')).describe(await hashOf('relay', 'small.bin'), range);
  const term = { hash: 'a'.repeat(64), unpacked_length: 3_000_000, range: { start: 0, end: 40 } };
  const place = { range: term.range, url: 'http://169.254.169.254/latest', url_range: { start: 0, end: 2_999_999 } };

  const name = 'The Xet storage of the source relay';
  it.each<[string, Parameters<typeof json>, number, string]>([
    ['an empty object', [200, {}], 424, 'was refused, because it has no terms.'],
    [
      'a place at the metadata address',
      [200, { offset_into_first_range: 0, terms: [term], fetch_info: { [term.hash]: [place] } }],
      424,
      'must not connect to. Connections to this address are not allowed: 169.254.169.254 is a link-local address.',
    ],
    ['a million terms', [200, { offset_into_first_range: 0, terms: new Array(1_000_000).fill(7) }], 424, 'terms.'],
    ['more than 16 MiB', [200, { terms: 'x'.repeat(17 * 1024 * 1024) }], 502, ' failed.'],
    ['no rights', [403, {}], 424, ' responded with HTTP 403.'],
    ['no such file', [404, {}], 404, ' does not have this part of the file.'],
    ['too many requests', [429, {}, { 'retry-after': '7' }], 429, ' limits the requests of this hub.'],
    ['an error', [500, {}], 502, ' returned an error: HTTP 500.'],
    ['an outage', [503, {}], 503, ' is temporarily unavailable.'],
  ])('a description is refused: %s', async (_, reply, status, problem) => {
    storage.script = json(...reply);
    const response = await describeOf();
    const message = response.headers['x-error-message']!;
    expect([response.status, message.startsWith(name), message]).toEqual([
      status,
      true,
      expect.stringContaining(problem),
    ]);
    expect(storage.store.requests).toEqual([]);
  });

  it.each<[string, typeof storage.bytesScript]>([
    ['a redirect', (...args) => redirect(302, 'http://169.254.169.254/')(...args)],
    ['the whole xorb', (response) => response.writeHead(200).end(Buffer.alloc(100))],
    [
      'another range',
      (response) => response.writeHead(206, { 'content-range': 'bytes 1-100/200' }).end(Buffer.alloc(100)),
    ],
    ['too few bytes', (response) => response.writeHead(206, { 'content-range': 'bytes 0-1048703/1048704' }).end('x')],
    [
      'a web page as the range',
      (response, request) => {
        const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '')!;
        const page = Buffer.alloc(Number(last) - Number(first) + 1, '<!doctype html>');
        response
          .writeHead(206, { 'content-range': `bytes ${first}-${last}/*`, 'content-length': page.length })
          .end(page);
      },
    ],
    ['an error', (response) => response.writeHead(500).end()],
    ['no rights', (response) => response.writeHead(403).end()],
  ])('bytes are refused: %s', async (what, script) => {
    const reader = await readerOf('relay');
    const { terms } = await reader.terms(await hashOf('relay', 'small.bin'));
    storage.bytesScript = script;
    const status = await reader.part(terms[0]!).then(
      (response) => response.status,
      () => 'connection closed',
    );
    const expected = new Map<string, unknown>([
      ['too few bytes', 'connection closed'],
      ['an error', 502],
    ]);
    expect(status).toBe(expected.get(what) ?? 424); // clients do not repeat it
  });
});

it('downloads are events of the audit log, with what is known about them', async () => {
  const { commit } = blobOf('relay', 'small.bin');
  const reader = await readerOf('relay', alice);
  const id = await hashOf('relay', 'small.bin');
  await reader.describe(id, 'bytes=0-99');
  await reader.describe(id, 'bytes=100-199'); // the rest of the same download
  await send('/api/models/pass/model/xet-read-token/main', { headers: alice.headers });
  await hub.app.get(DownloadCounts, { strict: false }).flush();
  const eventsOf = async (repo: string): Promise<unknown> => {
    const { body } = await adminClient(hub)('GET', `/audit-log?action=repo.download&actor=alice&repo=${repo}&limit=1`);
    return (body as { events: unknown[] }).events;
  };
  expect(await eventsOf('relay/model')).toMatchObject([
    { object: id, bytes: 100, data: { delivery: 'fetched', over: 'xet', source: 'relay', commit } },
  ]);
  expect(await eventsOf('pass/model')).toMatchObject([
    { object: null, bytes: 0, data: { delivery: 'redirected', over: 'xet', source: 'pass' } },
  ]);
});

it('files are not copied to repositories of this hub, with a reason', async () => {
  const json = { target: { type: 'model', name: 'alice/own' }, files: [{ sha256: sha256(small) }] };
  const copy = (from: string, { headers }: TestUser): Promise<HttpResponse> =>
    send(`/api/models/${from}/lfs-files/duplicate`, { method: 'POST', headers, json });
  for (const name of ['relay', 'hide', 'closed']) {
    const { status, headers } = await copy(`${name}/model`, alice);
    expect([name, status, headers['x-error-code']]).toEqual([name, 501, 'NotImplemented']);
    expect(headers['x-error-message']).toMatch(/does not copy files from repositories of sources.* Download the files/);
  }
  const missing = await copy('relay/missing', alice);
  expect([missing.status, missing.headers['x-error-code']]).toEqual([404, 'RepoNotFound']);
});

it('the metrics have relayed descriptions and bytes by source', async () => {
  const metrics = (await send('/metrics')).body.toString();
  expect(metrics).toMatch(/hubfall_xet_reconstructions_total\{kind="relayed",source="relay"\} [1-9]/);
  expect(metrics).toMatch(/hubfall_xet_xorb_bytes_total\{kind="relayed",source="relay"\} [1-9]\d{5}/);
});
