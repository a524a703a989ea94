import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { adminClient } from '../support/admin-client.js';
import { CountingSource } from '../support/counting-source.js';
import { eventually } from '../support/eventually.js';
import { json, text } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { FULL_RUN } from '../support/full-run.js';
import type { RunningHub } from '../support/hub-app.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { sha256 } from '../support/lfs-client.js';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';
import { fileOf, newXorb, shardBytes } from '../support/xet-builder.js';
import { XetReader, type XetTermInfo } from '../support/xet-reader.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';

type Xorb = ReturnType<typeof newXorb>;

const CHUNK = 131_072;
const XORB = 127 * CHUNK;
const THRESHOLD = 1_000_000;
/** Sizes around the ends of chunks and xorbs. */
const FILES = {
  'large.bin': randomBytes(2 * XORB + 3 * CHUNK + 7),
  'one-xorb.bin': randomBytes(XORB),
  'small.bin': randomBytes(THRESHOLD),
};
const CONTENT = FILES['large.bin'];
const FILE_INFO = 'application/vnd.xet-fileinfo+json';

const files = new CountingSource();
const SOURCE_TOKEN = 'token-of-the-source';

/** A source with the repositories `ext/a` and `ext/b`, which have the same file. */
const source: Responder = (response, request) => {
  if (!/\/ext\/[ab](\/|$)/.test(request.url))
    return text(404, 'missing', { 'x-error-code': 'RepoNotFound' })(response, request);
  const entry = { type: 'file', path: 'large.bin', oid: 'b'.repeat(40), size: CONTENT.length };
  const lfs = { oid: sha256(CONTENT), size: CONTENT.length, pointerSize: 134 };
  if (/\/(tree|paths-info)\//.test(request.url)) return json(200, [{ ...entry, lfs }])(response, request);
  if (request.url.startsWith('/api/'))
    return json(200, { id: 'ext/a', sha: 'a'.repeat(40), siblings: [] })(response, request);
  return files.reply(response, request);
};

/** A source that sends the files of `ext/gated` only to its own token. */
const gated: Responder = (response, request) => {
  if (request.url.startsWith('/api/'))
    return json(200, { id: 'ext/gated', sha: 'a'.repeat(40), siblings: [] })(response, request);
  if (request.headers['authorization'] !== `Bearer ${SOURCE_TOKEN}`)
    return json(
      401,
      { error: 'Access to model ext/gated is restricted' },
      { 'x-error-code': 'GatedRepo' },
    )(response, request);
  return files.reply(response, request);
};

let hub: RunningHub;
let world: HubWithSources;
let alice: TestUser;
let bob: TestUser;
let commit: string;
beforeAll(async () => {
  files.files.set('large.bin', CONTENT);
  const env = { KOHAKU_HUB_XET_THRESHOLD: `${THRESHOLD}` };
  world = await startHubWithSources([source], { facts: [{ delivery: 'cache' }], env });
  hub = world.hub;
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
  commit = await make('open', false);
  await make('closed', true);
}, 60_000);
afterAll(() => world.close());

async function make(name: string, isPrivate: boolean): Promise<string> {
  const repositories = LocalRepos.of(hub.app);
  const repo = { type: 'model', namespace: 'alice', name } as const;
  const repository = await repositories.createRepository({ repo, ownerName: 'alice', private: isPrivate });
  const operations = [];
  for (const [path, content] of Object.entries(FILES)) {
    await repositories.putLfsObject(repository, Readable.from([content]));
    operations.push({ kind: 'lfsFile', path, sha256: sha256(content), size: content.length } as const);
  }
  return repositories.commit(repository, { branch: 'main', summary: 'add', author: { name: 'alice' }, operations });
}

const send = (path: string, options?: RequestOptions): Promise<HttpResponse> => sendRequest(hub.url, path, options);
const hashOf = async (path: keyof typeof FILES, repo = 'alice/open'): Promise<string> =>
  (await send(`/${repo}/resolve/main/${path}`, { method: 'HEAD', headers: alice.headers })).headers['x-xet-hash']!;
const reader = (repo = 'alice/open', headers: Readonly<Record<string, string>> = alice.headers): Promise<XetReader> =>
  XetReader.of(hub.url, `models/${repo}`, headers);
const entryOf = (response: HttpResponse, path: string): Record<string, unknown> =>
  (response.json() as Record<string, unknown>[]).find((entry) => entry['path'] === path)!;

describe('files that are offered', () => {
  it('have the same hash everywhere, and links to a token and a description', async () => {
    const head = await send('/alice/open/resolve/main/large.bin', { method: 'HEAD' });
    const hash = head.headers['x-xet-hash'];
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hash).not.toBe(sha256(CONTENT));
    expect(head.headers['link']).toBe(
      `<${hub.url}/api/models/alice/open/xet-read-token/${commit}>; rel="xet-auth", ` +
        `<${hub.url}/xet/v1/reconstructions/${hash}>; rel="xet-reconstruction-info"`,
    );
    expect(head.headers).toMatchObject({
      'content-length': `${CONTENT.length}`,
      'x-linked-etag': `"${sha256(CONTENT)}"`,
      'access-control-expose-headers': expect.stringContaining('X-Xet-Hash') as string,
    });
    const tree = await send('/api/models/alice/open/tree/main');
    const info = await send('/api/models/alice/open/paths-info/main', {
      method: 'POST',
      json: { paths: ['large.bin'] },
    });
    const get = await send('/alice/open/resolve/main/large.bin', { headers: { range: 'bytes=0-9' } });
    const other = await send('/alice/closed/resolve/main/large.bin', { method: 'HEAD', headers: alice.headers });
    expect([
      entryOf(tree, 'large.bin')['xetHash'],
      entryOf(info, 'large.bin')['xetHash'],
      get.headers['x-xet-hash'],
      other.headers['x-xet-hash'],
    ]).toEqual([hash, hash, hash, hash]);
    expect(get.body.equals(CONTENT.subarray(0, 10))).toBe(true);
  });

  it('are described to clients that accept it', async () => {
    const headers = { accept: `${FILE_INFO}, */*`, range: 'bytes=0-0' };
    const response = await send('/alice/open/resolve/main/large.bin', { headers });
    const hash = await hashOf('large.bin');
    expect([response.status, response.headers['content-type']]).toEqual([200, FILE_INFO]);
    expect(response.headers).toMatchObject({ 'x-linked-size': `${CONTENT.length}`, 'x-xet-hash': hash });
    expect(response.json()).toMatchObject({ hash, size: CONTENT.length, etag: sha256(CONTENT) });
    expect(response.headers['x-linked-etag']).toBe(`"${sha256(CONTENT)}"`); // @huggingface/hub needs it
    const known = { ...headers, 'if-none-match': `"${sha256(CONTENT)}"`, 'if-match': '"other"' }; // these apply to the file
    const again = await send('/alice/open/resolve/main/large.bin', { headers: known });
    expect([again.status, again.json()]).toEqual([200, response.json()]);
    const small = await send('/alice/open/resolve/main/small.bin', { headers });
    expect([small.status, small.body.length, small.headers['content-range']]).toEqual([
      206,
      1,
      `bytes 0-0/${THRESHOLD}`,
    ]);
  });

  it('are described in replies that caches do not confuse with the file', async () => {
    const file = '/alice/open/resolve/main/large.bin';
    const read = (method: 'HEAD' | 'GET', headers: Record<string, string>): Promise<HttpResponse> =>
      send(file, { method, headers });
    const range = 'bytes=0-9';
    const info = await read('GET', { accept: `${FILE_INFO}, */*`, range });
    expect([info.headers['etag'], info.headers['cache-control']]).toEqual([undefined, 'no-store']);
    const { etag } = (await read('HEAD', {})).headers;
    const plain = await Promise.all([
      read('HEAD', {}),
      read('GET', { range }),
      read('GET', { 'if-none-match': etag! }),
    ]);
    expect(plain.map(({ status }) => status)).toEqual([200, 206, 304]);
    for (const { headers } of [info, ...plain]) expect(headers['vary']).toBe('Authorization, Cookie, Host, Accept');
  });

  it('are those above the threshold; paths-info has the hash of every large file, for copies', async () => {
    const head = await send('/alice/open/resolve/main/small.bin', { method: 'HEAD' });
    expect([head.headers['x-xet-hash'], head.headers['link']]).toEqual([undefined, undefined]);
    expect(entryOf(await send('/api/models/alice/open/tree/main'), 'small.bin')).not.toHaveProperty('xetHash');
    const info = await send('/api/models/alice/open/paths-info/main', {
      method: 'POST',
      json: { paths: ['small.bin'] },
    });
    const hash = entryOf(info, 'small.bin')['xetHash'] as string;
    expect((await (await reader()).read(hash)).equals(FILES['small.bin'])).toBe(true);
    const enabled = await send('/api/models/alice/open?expand[]=xetEnabled');
    const listed = await send('/api/models?author=alice&expand[]=xetEnabled');
    expect([enabled.json(), (listed.json() as object[])[0]]).toEqual([
      expect.objectContaining({ xetEnabled: true }),
      expect.objectContaining({ xetEnabled: true }),
    ]);
  });
});

describe('a download over Xet', () => {
  it.each([1, 2])('has the bytes of the file, in version %d', async (version) => {
    for (const path of ['large.bin', 'one-xorb.bin'] as const) {
      const content = await (await reader()).read(await hashOf(path), undefined, version);
      expect(content.equals(FILES[path])).toBe(true);
    }
  });

  it('has the bytes of any range', async () => {
    const hash = await hashOf('large.bin');
    const xet = await reader();
    const edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, XORB - 1, XORB, XORB + 1, 2 * XORB, CONTENT.length - 1];
    const random = (): number => Math.floor(Math.random() * CONTENT.length);
    const pairs = Array.from({ length: FULL_RUN ? 10_000 : 40 }, () => {
      const start = random();
      return [start, Math.min(CONTENT.length - 1, start + Math.floor(Math.random() * 400_000))];
    });
    for (const start of edges) pairs.push([start, Math.min(start + CHUNK, CONTENT.length + 10)]);
    for (const [start = 0, end = 0] of pairs) {
      const range = `bytes=${start}-${end}`;
      const plain = await send('/alice/open/resolve/main/large.bin', { headers: { range } });
      const read = await xet.read(hash, range, (start % 2) + 1);
      expect([range, read.subarray(0, plain.body.length).equals(plain.body)]).toEqual([range, true]);
      expect(read.length - plain.body.length).toBeLessThan(CHUNK);
    }
  }, 600_000);

  it('may read any part of what a link permits', async () => {
    const { terms } = await (await reader()).terms(await hashOf('large.bin'), `bytes=${CHUNK}-${3 * CHUNK - 1}`);
    const [term] = terms as [XetTermInfo];
    const xet = await reader();
    const whole = (await xet.part(term)).body;
    for (const [from, to] of [
      [0, 0],
      [3, 9],
      [0, 7],
      [CHUNK + 7, CHUNK + 12],
      [CHUNK + 8, CHUNK + 15],
      [CHUNK + 9, whole.length - 1],
    ] as const) {
      const bytes = { start: term.bytes.start + from, end: term.bytes.start + to };
      const { status, body, headers } = await xet.part({ ...term, bytes });
      expect([status, body.equals(whole.subarray(from, to + 1))]).toEqual([206, true]);
      expect(headers['content-length']).toBe(`${to - from + 1}`);
    }
  });

  it('has strong validators that differ between contents, and private caching', async () => {
    const xet = await reader();
    const { terms } = await xet.terms(await hashOf('large.bin'));
    const parts = await Promise.all(terms.map((term) => xet.part(term, { method: 'HEAD' })));
    expect(parts.map(({ headers }) => headers['etag'])).toEqual(terms.map(({ xorb }) => `"${xorb}"`));
    expect(new Set(terms.map(({ xorb }) => xorb)).size).toBe(3);
    expect(parts[0]!.headers['cache-control']).toMatch(/^private/);
    const headers = { 'if-none-match': `"${terms[0]!.xorb}"` };
    expect((await xet.part(terms[0]!, { headers })).status).toBe(304);
  });

  it('ends with 416 after the last byte, as at huggingface.co', async () => {
    const xet = await reader();
    const hash = await hashOf('large.bin');
    for (const range of [`bytes=${CONTENT.length}-`, `bytes=${CONTENT.length}-18446744073709551614`])
      expect((await xet.describe(hash, range)).status).toBe(416);
    const { terms } = await xet.terms(hash, `bytes=${CONTENT.length - 1}-18446744073709551614`);
    expect(terms).toHaveLength(1);
  });

  it('counts as a download of the repository', async () => {
    const xet = await XetReader.of(hub.url, 'models/alice/closed', alice.headers);
    const hash = await hashOf('large.bin', 'alice/closed');
    await xet.terms(hash, 'bytes=100-200');
    await xet.terms(hash);
    await xet.terms(hash);
    const { DownloadCounts } = await import('../../src/repos/store/download-counts.service.js');
    await hub.app.get(DownloadCounts, { strict: false }).flush();
    const info = await send('/api/models/alice/closed?expand[]=downloads', { headers: alice.headers });
    expect(info.json()).toMatchObject({ downloads: 1 });
  });

  it('is counted in metrics', async () => {
    const before = (await send('/metrics')).body.toString();
    await (await reader()).read(await hashOf('one-xorb.bin'));
    const value = (text: string, name: string): number =>
      Number(new RegExp(`^${name}\\{kind="own",source=""\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    const after = (await send('/metrics')).body.toString();
    const change = (name: string): number => value(after, name) - value(before, name);
    expect(change('hubfall_xet_reconstructions_total')).toBe(1);
    expect(change('hubfall_xet_xorb_bytes_total')).toBe(XORB + 127 * 8);
  });
});

describe('a file that was uploaded over Xet', () => {
  let repository: LocalRepo;
  let upload: (path: string, body: Buffer) => Promise<HttpResponse>;
  beforeAll(async () => {
    const repo = { type: 'model', namespace: 'alice', name: 'uploaded' } as const;
    repository = await LocalRepos.of(hub.app).createRepository({ repo, ownerName: 'alice', private: false });
    const token = await send('/api/models/alice/uploaded/xet-write-token/main', { headers: alice.headers });
    const { accessToken } = token.json() as { accessToken: string };
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/octet-stream' };
    upload = (path, body) => send(`/xet/v1/${path}`, { method: 'POST', headers, body });
  });

  /** Uploads a file of these parts of xorbs, and returns its hash for downloads. */
  async function add(path: string, parts: readonly (readonly [Xorb, number, number])[]): Promise<string> {
    const content = Buffer.concat(parts.map(([xorb, first, end]) => xorb.part(first, end)));
    for (const [xorb] of parts) expect((await upload(`xorbs/default/${xorb.hash}`, xorb.bytes)).status).toBe(200);
    const terms = parts.map(([xorb, first, end]) => xorb.term(first, end));
    expect((await upload('shards', shardBytes([fileOf(content, ...terms)]))).status).toBe(200);
    const operations = [{ kind: 'lfsFile', path, sha256: sha256(content), size: content.length } as const];
    const author = { name: 'alice' };
    await LocalRepos.of(hub.app).commit(repository, { branch: 'main', summary: 'add', author, operations });
    const head = await send(`/alice/uploaded/resolve/main/${path}`, { method: 'HEAD' });
    return head.headers['x-xet-hash']!;
  }

  it('is described by its chunks, so that clients recognize the chunks of an earlier version', async () => {
    const first = newXorb(...Array.from({ length: 24 }, (_, n) => 50_000 + n * 3_000));
    const second = newXorb(70_000, 80_000);
    const before = await add('before.bin', [[first, 0, 24]]);
    const after = await add('after.bin', [
      [first, 0, 10],
      [second, 0, 2],
      [first, 12, 24],
    ]);
    const xet = await reader('alice/uploaded');
    expect((await xet.read(before)).equals(first.part(0, 24))).toBe(true);
    const changed = Buffer.concat([first.part(0, 10), second.part(0, 2), first.part(12, 24)]);
    expect((await xet.read(after)).equals(changed)).toBe(true);
    const [old] = (await xet.terms(before)).terms as [XetTermInfo];
    const { terms } = await xet.terms(after);
    expect(terms.map(({ xorb, chunks }) => [xorb === old.xorb, chunks.start, chunks.end])).toEqual([
      [true, 0, 10],
      [false, 0, 2],
      [true, 12, 24],
    ]);
    expect(terms.some(({ xorb }) => [first.hash, second.hash].includes(xorb))).toBe(false);
    for (const start of [0, 1, 49_999, 50_000, 700_001, 1_300_000, changed.length - 1]) {
      const read = await xet.read(after, `bytes=${start}-${start + 99_999}`, (start % 2) + 1);
      expect(read.subarray(0, 100_000).equals(changed.subarray(start, start + read.length).subarray(0, 100_000))).toBe(
        true,
      );
    }
    const [piece] = (await xet.terms(after, 'bytes=0-99')).terms as [XetTermInfo];
    expect((await xet.part({ ...piece, bytes: { start: 0, end: piece.bytes.end + 1 } })).status).toBe(403);
  });

  it.each([
    ['larger than clients accept', [200_000, ...Array.from({ length: 10 }, () => 100_000)]],
    ['many tiny ones', Array.from({ length: 1_100 }, () => 1_000)],
  ])('is described by equal chunks if its own are %s', async (name, sizes) => {
    const xorb = newXorb(...sizes);
    const hash = await add(`${name.replaceAll(' ', '-')}.bin`, [[xorb, 0, sizes.length]]);
    const xet = await reader('alice/uploaded');
    expect((await xet.read(hash)).equals(xorb.part(0, sizes.length))).toBe(true);
    const { terms } = await xet.terms(hash);
    expect(terms.map(({ chunks }) => chunks.end)).toEqual([Math.ceil(xorb.part(0, sizes.length).length / CHUNK)]);
  });
});

describe('a read token', () => {
  it('is returned in the body and in headers, for minutes', async () => {
    const response = await send(`/api/models/alice/open/xet-read-token/${commit}`);
    const { casUrl, accessToken, exp } = response.json() as Record<string, string>;
    expect([response.status, casUrl, response.headers['cache-control']]).toEqual([200, `${hub.url}/xet`, 'no-store']);
    expect(response.headers).toMatchObject({
      'x-xet-cas-url': casUrl,
      'x-xet-access-token': accessToken,
      'x-xet-token-expiration': `${exp}`,
    });
    expect(Number(exp) - Date.now() / 1000).toBeLessThanOrEqual(3600);
  });

  it.each([
    ['a private repository, for anonymous callers', 'models/alice/closed/xet-read-token/main', () => ({}), 404],
    ['a private repository, for others', 'models/alice/closed/xet-read-token/main', () => bob.headers, 404],
    ['a missing repository', 'models/alice/nothing/xet-read-token/main', () => alice.headers, 404],
    ['a missing revision', 'models/alice/open/xet-read-token/nothing', () => alice.headers, 404],
    ['another type of repository', 'datasets/alice/open/xet-read-token/main', () => alice.headers, 404],
    ['a malformed revision', 'models/alice/open/xet-read-token/a%5Cb', () => alice.headers, 400],
  ])('is not issued for %s', async (_, path, headers, status) => {
    const response = await send(`/api/${path}`, { headers: headers() });
    expect([response.status, response.body.includes('grant_')]).toEqual([status, false]);
  });

  it('does not give access to files of other repositories, nor to unknown hashes', async () => {
    const repositories = LocalRepos.of(hub.app);
    const repo = { type: 'model', namespace: 'bob', name: 'empty' } as const;
    const repository = await repositories.createRepository({ repo, ownerName: 'bob', private: false });
    const operations = [{ kind: 'file', path: 'a.txt', content: Buffer.from('a') }] as const;
    await repositories.commit(repository, { branch: 'main', summary: 'a', author: { name: 'bob' }, operations });
    const xet = await reader('bob/empty', bob.headers);
    const known = await hashOf('large.bin');
    for (const hash of [known, '0'.repeat(64), sha256(CONTENT)])
      for (const version of [1, 2]) expect((await xet.describe(hash, undefined, version)).status).toBe(404);
    expect((await xet.describe(known.toUpperCase())).status).toBe(400);
    expect((await xet.describe('..%2f'.repeat(20))).status).toBe(400);
  });

  it('is required, and cannot be replaced by other tokens', async () => {
    const hash = await hashOf('large.bin');
    const write = await send('/api/models/alice/open/xet-write-token/main', { headers: alice.headers });
    const { accessToken } = write.json() as { accessToken: string };
    const { terms } = await (await reader()).terms(hash);
    const link = /xorbs\/([^/]+)/.exec(terms[0]!.url)![1]!;
    for (const token of [undefined, alice.token, accessToken, 'grant_a.b.c', `grant_${link}`]) {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      expect((await send(`/xet/v2/reconstructions/${hash}`, { headers })).status).toBe(401);
    }
    const read = await send('/api/models/alice/open/xet-read-token/main', { headers: alice.headers });
    const upload = {
      method: 'POST',
      headers: { authorization: `Bearer ${(read.json() as { accessToken: string }).accessToken}` },
    } as const;
    expect((await send(`/xet/v1/xorbs/default/${hash}`, { ...upload, body: Buffer.alloc(9) })).status).toBe(401);
  });
});

describe('a link to a part', () => {
  it.each([
    ['more bytes at the end', ({ bytes }: XetTermInfo) => `bytes=${bytes.start}-${bytes.end + 1}`, 403],
    ['more bytes at the start', ({ bytes }: XetTermInfo) => `bytes=${bytes.start - 1}-${bytes.end}`, 403],
    ['the whole part', () => '', 403],
    [
      'several ranges',
      ({ bytes }: XetTermInfo) => `bytes=${bytes.start}-${bytes.start},${bytes.end}-${bytes.end}`,
      403,
    ],
    ['bytes after the end', () => `bytes=${XORB * 2}-`, 416],
  ])('does not permit %s', async (_, rangeOf, status) => {
    const xet = await reader();
    const { terms } = await xet.terms(await hashOf('large.bin'), `bytes=${5 * CHUNK}-${6 * CHUNK}`);
    const range = rangeOf(terms[0]!);
    expect((await xet.part(terms[0]!, { headers: { range } })).status).toBe(status);
  });

  it.each([
    ['another part', '/1', 403],
    ['a missing part', '/99', 404],
    ['a malformed part', '/-1', 404],
    ['no number', '/x', 404],
    ['a huge number', '/999999999999999', 404],
  ])('does not permit %s', async (_, part, status) => {
    const xet = await reader();
    const { terms } = await xet.terms(await hashOf('large.bin'), `bytes=${5 * CHUNK}-${6 * CHUNK}`);
    const url = terms[0]!.url.replace(/\/\d+$/, part);
    expect((await xet.part({ ...terms[0]!, url })).status).toBe(status);
  });

  it('is refused if it is forged, with 403, after which clients request new ones', async () => {
    const xet = await reader();
    const { terms } = await xet.terms(await hashOf('large.bin'));
    const url = terms[0]!.url.replace(/.\/(\d+)$/, (end) =>
      end.startsWith('A') ? `B${end.slice(1)}` : `A${end.slice(1)}`,
    );
    const { status, body } = await xet.part({ ...terms[0]!, url });
    expect([status, body.toString()]).toEqual([403, expect.stringContaining('invalid or has expired')]);
  });

  it('ends with the access of its caller', async () => {
    const carol = await createTestUser(hub, 'carol');
    const xet = await XetReader.of(hub.url, 'models/alice/open', carol.headers);
    const hash = await hashOf('large.bin');
    const { terms } = await xet.terms(hash);
    expect((await xet.part(terms[0]!)).status).toBe(206);
    expect((await adminClient(hub)('DELETE', '/accounts/carol')).status).toBe(200);
    expect([(await xet.part(terms[0]!)).status, (await xet.describe(hash)).status]).toEqual([401, 401]);
  });
});

describe('a cached file of a source', () => {
  const external = '/ext/a/resolve/main/large.bin';
  const treeOf = async (repo: string) => entryOf(await send(`/api/models/${repo}/tree/main`), 'large.bin');

  it('is offered once the cache has all of it, in the repository that it was read from', async () => {
    expect((await send(external, { method: 'HEAD' })).headers['x-xet-hash']).toBeUndefined();
    expect(await treeOf('ext/a')).not.toHaveProperty('xetHash');
    await eventually(async () => (await send(external)).headers['x-cache'] === 'hit');
    const own = await hashOf('large.bin');
    const head = await send(external, { method: 'HEAD' });
    const link = `<${hub.url}/api/models/ext/a/xet-read-token/${'a'.repeat(40)}>; rel="xet-auth"`;
    expect(head.headers).toMatchObject({ 'x-xet-hash': own, link: expect.stringContaining(link) as string });
    const paths = await send('/api/models/ext/a/paths-info/main', { method: 'POST', json: { paths: ['large.bin'] } });
    const info = await send(external, { headers: { accept: FILE_INFO, range: 'bytes=0-0' } });
    expect([
      (await treeOf('ext/a'))['xetHash'],
      entryOf(paths, 'large.bin')['xetHash'],
      (await send(external)).headers['x-xet-hash'],
      (info.json() as { hash: string }).hash,
    ]).toEqual([own, own, own, own]);
    const other = await send('/ext/b/resolve/main/large.bin', { method: 'HEAD' });
    expect([other.headers['x-xet-hash'], (await treeOf('ext/b'))['xetHash']]).toEqual([undefined, undefined]);
  });

  it('is not readable if the source refuses the download', async () => {
    const upstream = await FakeUpstream.start(gated);
    const admin = adminClient(hub);
    const setting = {
      name: 'Gated',
      url: upstream.url,
      source_type: 'huggingface',
      token: SOURCE_TOKEN,
      delivery: 'cache',
    };
    const { id } = (await admin('POST', '/fallback-sources', setting)).body as { id: number };
    const file = '/ext/gated/resolve/main/large.bin';
    await eventually(async () => (await send(file)).headers['x-cache'] === 'hit');
    const hash = await hashOf('large.bin');
    const xet = await reader('ext/gated', {});
    const { terms } = await xet.terms(hash);
    expect((await admin('PUT', `/fallback-sources/${id}`, { token: '' })).status).toBe(200);
    const refused = [await send(file), await xet.describe(hash), await xet.part(terms[0]!)];
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
    await upstream.close();
  });

  it('is read from this hub, by tokens of its repository only, also offline', async () => {
    const hash = await hashOf('large.bin');
    const sent = files.sent;
    const xet = await reader('ext/a', {});
    expect((await xet.read(hash)).equals(CONTENT)).toBe(true);
    expect((await (await reader('ext/b', {})).describe(hash)).status).toBe(404);
    expect((await xet.describe(await hashOf('one-xorb.bin'))).status).toBe(404);
    const { terms } = await xet.terms(hash);
    const admin = adminClient(hub);
    expect((await admin('PUT', '/offline', { offline: true })).status).toBe(200);
    expect((await (await reader('ext/a', {})).read(hash)).equals(CONTENT)).toBe(true);
    expect((await admin('PUT', '/offline', { offline: false })).status).toBe(200);
    expect(files.sent).toBe(sent);
    expect((await admin('DELETE', '/content-cache/model/ext/a')).status).toBe(200);
    expect([(await xet.part(terms[0]!)).status, (await xet.describe(hash)).status]).toEqual([404, 404]);
    expect((await send(external, { method: 'HEAD' })).headers['x-xet-hash']).toBeUndefined();
  });
});
