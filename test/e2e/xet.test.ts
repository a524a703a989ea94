import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { ClientPresence } from '../../src/platform/async/client-presence.js';
import { BLOB_STORE, type BlobStore } from '../../src/platform/storage/blob-store.js';
import { scrape } from '../support/scrape.js';
import { eventually } from '../support/eventually.js';
import { LocalRepos } from '../support/local-repos.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { AccountsService } from '../../src/users/accounts.service.js';
import { XorbExpiry } from '../../src/repos/xet/xorb-expiry.service.js';
import { QueryCounter } from '../support/query-counter.js';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';
import { postWithoutReading } from '../support/unread-response-client.js';
import type { LfsBatchResponse } from '../../src/repos/store/wire/lfs.js';
import { fileOf, newXorb, sha256, shardBytes, xorbBytes, type XetFile } from '../support/xet-builder.js';

let hub: RunningHub;
let alice: TestUser;
let bob: TestUser;
let repositories: LocalRepos;
beforeAll(async () => {
  hub = await startHub();
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
  repositories = LocalRepos.of(hub.app);
});
afterAll(() => hub.close());

const make = (name: string, owner = 'alice', isPrivate = false): Promise<LocalRepo> =>
  repositories.createRepository({
    repo: { type: 'model', namespace: owner, name },
    ownerName: owner,
    private: isPrivate,
  });

const requestToken = (name: string, user: TestUser, revision = 'None'): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/models/${name}/xet-write-token/${revision}`, { headers: user.headers });

/** Uploads of first account to first repository. */
class Uploader {
  private constructor(readonly token: string) {}

  static async of(name: string, user = alice): Promise<Uploader> {
    return new Uploader(((await requestToken(name, user)).json() as { accessToken: string }).accessToken);
  }

  static with(token: string): Uploader {
    return new Uploader(token);
  }

  post(path: string, body: RequestOptions['body'], headers: Record<string, string> = {}): Promise<HttpResponse> {
    const own = { authorization: `Bearer ${this.token}`, 'content-type': 'application/octet-stream', ...headers };
    return sendRequest(hub.url, `/xet/v1/${path}`, { method: 'POST', body, headers: own });
  }

  xorb(hash: string, body: RequestOptions['body']): Promise<HttpResponse> {
    return this.post(`xorbs/default/${hash}`, body);
  }

  shard(files: readonly XetFile[], xorbs: readonly { hash: string; chunks: number }[] = []): Promise<HttpResponse> {
    return this.post('shards', shardBytes(files, xorbs));
  }
}

/** Commits an uploaded file and downloads it. */
async function commitAndDownload(repository: LocalRepo, file: Buffer): Promise<HttpResponse> {
  const operations = [{ kind: 'lfsFile', path: 'file.bin', sha256: sha256(file), size: file.length }] as const;
  await repositories.commit(repository, { branch: 'main', summary: 'add', author: { name: 'alice' }, operations });
  const { namespace, name } = repository.repo;
  return sendRequest(hub.url, `/${namespace}/${name}/resolve/main/file.bin`, { headers: alice.headers });
}

const query = <T>(sql: string, ...values: unknown[]): Promise<T[]> => hub.app.get(DataSource).query<T[]>(sql, values);

describe('the upload token', () => {
  beforeAll(async () => {
    await make('tokens');
    await make('hidden', 'alice', true);
  });

  it('is returned in the body and in headers, with its URL and expiry', async () => {
    for (const revision of ['None', 'main', 'refs%2Fpr%2F1', 'feature/x']) {
      const response = await requestToken('alice/tokens', alice, revision);
      const { casUrl, accessToken, exp } = response.json() as Record<string, string>;
      expect([response.status, casUrl]).toEqual([200, `${hub.url}/xet`]);
      expect(response.headers).toMatchObject({
        'x-xet-cas-url': casUrl,
        'x-xet-access-token': accessToken,
        'x-xet-token-expiration': `${exp}`,
      });
      expect(Number(exp)).toBeGreaterThan(Date.now() / 1000 + 600);
    }
  });

  it.each([
    ['anonymous users', 'alice/tokens', () => ({}), 401],
    ['users without write access', 'alice/tokens', () => bob.headers, 403],
    ['users without read access', 'alice/hidden', () => bob.headers, 404],
    ['a missing repository', 'alice/nothing', () => alice.headers, 404],
  ])('is refused for %s', async (_, name, headers, status) => {
    const response = await sendRequest(hub.url, `/api/models/${name}/xet-write-token/main`, { headers: headers() });
    expect([response.status, Object.keys(response.headers).filter((header) => header.startsWith('x-xet'))]).toEqual([
      status,
      [],
    ]);
  });

  it('is not issued for pull requests', async () => {
    expect((await requestToken('alice/tokens', alice, 'main?create_pr=1')).status).toBe(501);
  });

  it.each([
    ['no token', undefined, 401],
    ['an access token', () => alice.token, 401],
    ['a forged token', () => 'grant_abc.def.ghi', 401],
  ])('is required: uploads with %s are refused', async (_, token, status) => {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token()}` } : {};
    const { hash, bytes } = newXorb(10);
    for (const path of [`xorbs/default/${hash}`, 'shards'])
      expect((await sendRequest(hub.url, `/xet/v1/${path}`, { method: 'POST', headers, body: bytes })).status).toBe(
        status,
      );
  });

  it('is invalid once the repository is deleted', async () => {
    const repository = await make('deleted');
    const uploader = await Uploader.of('alice/deleted');
    await query('DELETE FROM repositories WHERE id = $1', repository.id);
    const { hash, bytes } = newXorb(10);
    expect([(await uploader.xorb(hash, bytes)).status, (await uploader.shard([])).status]).toEqual([404, 404]);
  });
});

describe('the upload token of a disabled or deleted account', () => {
  it.each([
    ['disabled', 'UPDATE accounts SET disabled_at = now() WHERE name = $1'],
    ['deleted', 'DELETE FROM accounts WHERE name = $1'],
  ])('is invalid: %s', async (what, statement) => {
    const leaver = await createTestUser(hub, `leaver-${what}`);
    await hub.app.get(AccountsService, { strict: false }).createOrganization({ name: `team-${what}` });
    await hub.app.get(AccountsService, { strict: false }).addMember(`team-${what}`, leaver.name, 'write');
    await make('work', `team-${what}`);
    const uploader = await Uploader.of(`team-${what}/work`, leaver);
    const { hash, bytes } = newXorb(10);
    expect((await uploader.xorb(hash, bytes)).status).toBe(200);
    await query(statement, leaver.name);
    const next = newXorb(20);
    expect([(await uploader.xorb(next.hash, next.bytes)).status, (await uploader.shard([])).status]).toEqual([
      401, 401,
    ]);
  });
});

describe('a file uploaded over Xet', () => {
  let repository: LocalRepo;
  let uploader: Uploader;
  beforeAll(async () => {
    repository = await make('files');
    uploader = await Uploader.of('alice/files');
  });

  it('is assembled from its terms and served as a regular large file', async () => {
    const [first, second] = [newXorb(70_000, 9_000, 100), newXorb(131_072, 5)];
    const file = Buffer.concat([first.part(1, 3), second.part(0, 2), first.part(0, 1), first.part(1, 2)]);
    expect((await uploader.xorb(first.hash, first.bytes)).json()).toEqual({ was_inserted: true });
    expect((await uploader.xorb(second.hash, second.bytes)).json()).toEqual({ was_inserted: true });
    const terms = [first.term(1, 3), second.term(0, 2), first.term(0, 1), first.term(1, 2)];
    const response = await uploader.shard([fileOf(file, ...terms)]);
    expect([response.status, response.json()]).toEqual([200, { result: 1 }]);

    const chunkRuns = () => query('SELECT 1 FROM xet_runs WHERE sha256 = ANY($1)', [sha256(file), sha256(otherFile)]);
    const otherFile = Buffer.concat([second.part(1, 2), first.part(1, 2), second.part(0, 1)]);
    const secondResponse = await uploader.shard([
      fileOf(otherFile, second.term(1, 2), first.term(1, 2), second.term(0, 1)),
    ]);
    expect(secondResponse.status).toBe(200);
    expect(await chunkRuns()).toHaveLength(terms.length); // each chunk's location is stored once

    const download = await commitAndDownload(repository, file);
    expect(download.body.equals(file)).toBe(true);
    expect(download.headers.etag).toBe(`"${sha256(file)}"`);
    expect(Object.keys(download.headers).filter((name) => name.includes('xet'))).toEqual([]);
  });

  it('can share its shard and xorb with many others', async () => {
    const xorb = newXorb(...Array.from({ length: 40 }, (_, n) => 1000 + n));
    const files = Array.from({ length: 40 }, (_, n) => xorb.part(n, n + 1));
    await uploader.xorb(xorb.hash, xorb.bytes);
    const counter = new QueryCounter(hub.app.get(DataSource));
    const response = await uploader.shard(files.map((file, n) => fileOf(file, xorb.term(n, n + 1))));
    expect(response.status).toBe(200);
    expect(counter.stop()).toBeLessThan(40); // fewer than files
    expect((await commitAndDownload(repository, files[39]!)).body.equals(files[39]!)).toBe(true);
  });

  it('is assembled once, even if a client repeats its shard during or after the upload', async () => {
    const xorb = newXorb(60_000, 700);
    await uploader.xorb(xorb.hash, xorb.bytes);
    const shard = () => uploader.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))]);
    const response = await Promise.all([shard(), shard(), shard()]);
    expect(response.map(({ status }) => status)).toEqual([200, 200, 200]);
    await query('DELETE FROM xet_xorbs WHERE hash = $1', xorb.hash);
    expect((await shard()).status).toBe(200);
  });

  it('must match its SHA-256, even if the store already has a file with that SHA-256', async () => {
    const xorb = newXorb(5000, 5000);
    await uploader.xorb(xorb.hash, xorb.bytes);
    expect((await uploader.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))])).status).toBe(200);
    const [secret, other] = [sha256(xorb.part(0, 2)), newXorb(5000, 5000)];
    await make('own', 'bob');
    const bobsUploader = await Uploader.of('bob/own', bob);
    await bobsUploader.xorb(other.hash, other.bytes);
    const response = await bobsUploader.shard([{ sha256: secret, terms: [other.term(0, 2)] }]);
    expect(response.status).toBe(400);
    expect(await query('SELECT 1 FROM lfs_objects WHERE sha256 = $1', secret)).toHaveLength(1);
  });
});

describe('an invalid upload', () => {
  const tooLong = xorbBytes(Array<{ data: Buffer }>(6).fill({ data: Buffer.alloc(15e6, 1) }));
  let uploader: Uploader;
  let xorb: ReturnType<typeof newXorb>;
  const objects = async (): Promise<number> => (await query('SELECT 1 FROM lfs_objects')).length;
  const contents = async (): Promise<string> => JSON.stringify(await query('SELECT sha256 FROM contents ORDER BY 1'));
  beforeAll(async () => {
    await make('faults');
    uploader = await Uploader.of('alice/faults');
    xorb = newXorb(1000, 2000, 3000);
    await uploader.xorb(xorb.hash, xorb.bytes);
  });

  const unknown = { xorb: 'ab'.repeat(32), first: 0, end: 1, size: 10 };
  it.each<[what: string, file: () => XetFile, reason: RegExp]>([
    [
      'a different SHA-256',
      () => ({ sha256: 'cd'.repeat(32), terms: [xorb.term(0, 3)] }),
      /SHA-256 [0-9a-f]{64} instead of the announced cdcd/,
    ],
    ['an unknown xorb', () => ({ sha256: 'cd'.repeat(32), terms: [unknown] }), /The xorb abab[0-9a-f]* does not exist/],
    [
      'more chunks than the xorb has',
      () => ({ sha256: 'cd'.repeat(32), terms: [{ ...xorb.term(0, 3), end: 4 }] }),
      /chunks 0 to 3 of the xorb [0-9a-f]{64}, which has 3 chunks/,
    ],
    [
      'a wrong size of its chunks',
      () => ({ sha256: 'cd'.repeat(32), terms: [{ ...xorb.term(0, 3), size: 6001 }] }),
      /have 6000 bytes, not 6001/,
    ],
    ['no SHA-256', () => ({ terms: [xorb.term(0, 3)] }), /has no SHA-256/],
  ])('with %s is refused with the reason, and nothing is stored', async (_, file, reason) => {
    const before = await objects();
    const response = await uploader.shard([file()]);
    expect([response.status, (response.json() as { error: string }).error]).toEqual([
      400,
      expect.stringMatching(reason),
    ]);
    expect(await objects()).toBe(before);
  });

  it('has an error that explains how to clear the client’s cache if a xorb is missing', async () => {
    const response = await uploader.shard([{ sha256: 'cd'.repeat(32), terms: [unknown] }]);
    expect((response.json() as { detail: string }).detail).toContain('~/.cache/huggingface/xet');
  });

  it('with a chunk that is not an LZ4 frame is refused when the chunk is used', async () => {
    const bytes = xorbBytes([{ data: Buffer.from('no frame at all'), scheme: 1, size: 100 }]);
    await uploader.xorb(sha256(bytes), bytes);
    const response = await uploader.shard([
      { sha256: 'cd'.repeat(32), terms: [{ xorb: sha256(bytes), first: 0, end: 1, size: 100 }] },
    ]);
    expect([response.status, (response.json() as { error: string }).error]).toEqual([
      400,
      expect.stringContaining('LZ4 frame'),
    ]);
  });

  it.each<[what: string, hash: string, body: () => Buffer, status: number]>([
    ['random bytes', 'ef'.repeat(32), () => randomBytes(100_000), 400],
    ['a truncated xorb', 'ef'.repeat(32), () => xorb.bytes.subarray(0, -1), 400],
    ['an empty body', 'ef'.repeat(32), () => Buffer.alloc(0), 400],
    ['an invalid hash', 'hash', () => xorb.bytes, 400],
    ['more than 66 MiB', 'ef'.repeat(32), () => tooLong, 413],
  ])('with %s as a xorb is refused', async (_, hash, body, status) => {
    const before = await contents();
    const response = await uploader.xorb(hash, body());
    expect([response.status, typeof (response.json() as { error: string }).error]).toEqual([status, 'string']);
    expect(await contents()).toBe(before);
  });

  it.each([
    ['a xorb', 'xorbs/default/' + 'ef'.repeat(32), () => Buffer.alloc(40_000_000, 1), 400],
    ['a xorb that is too long', 'xorbs/default/' + 'ef'.repeat(32), () => tooLong, 413],
    ['a shard', 'shards', () => Buffer.alloc(40_000_000, 1), 400],
    ['a shard that is too long', 'shards', () => Buffer.alloc(90_000_000, 1), 413],
  ])(
    'with %s is refused also if the client reads no response before it has sent everything',
    async (_, path, body, status) => {
      const headers = { authorization: `Bearer ${uploader.token}` };
      expect(await postWithoutReading(hub.url, `/xet/v1/${path}`, headers, body())).toEqual([status, status]);
    },
  );
});

describe('a build whose client disconnects', () => {
  it('ends, and deletes what it has written', async () => {
    await make('abandoned');
    Object.assign(hub.app.get(ClientPresence, { strict: false }), { graceMs: 0 });
    const xorb = newXorb(8_000_000);
    const uploader = await Uploader.of('alice/abandoned');
    await uploader.xorb(xorb.hash, xorb.bytes);
    const terms = Array.from({ length: 400 }, () => xorb.term(0, 1));
    const body = shardBytes([{ sha256: 'ab'.repeat(32), terms }]);
    const incoming = async (): Promise<string[]> => readdir(join(hub.config.dataDir, 'blobs', 'incoming'));

    const { hostname, port, host } = new URL(hub.url);
    const socket = connect(Number(port), hostname);
    const lines = [`host: ${host}`, `authorization: Bearer ${uploader.token}`, `content-length: ${body.length}`];
    socket.write(['POST /xet/v1/shards HTTP/1.1', ...lines, '', ''].join('\r\n'));
    socket.write(body);
    await eventually(async () => (await incoming()).length === 1);
    socket.destroy();
    await eventually(async () => (await incoming()).length === 0);
  });
});

describe('a xorb that a client has uploaded before', () => {
  let blobs: BlobStore;
  beforeAll(async () => {
    blobs = hub.app.get<BlobStore>(BLOB_STORE, { strict: false });
    for (const name of ['cached', 'elsewhere']) await make(name);
    await make('bobs', 'bob');
  });
  const storedBytesOf = async (hash: string): Promise<string | null> =>
    (await query<{ sha256: string | null }>('SELECT sha256 FROM xet_xorbs WHERE hash = $1', hash))[0]!.sha256;

  it('can be reused; its own bytes are deleted once all its chunks are part of files', async () => {
    const xorb = newXorb(3000, 200, 70_000, 8);
    const uploader = await Uploader.of('alice/cached');
    await uploader.xorb(xorb.hash, xorb.bytes);
    const stored = (await storedBytesOf(xorb.hash))!;
    expect(await blobs.has(stored)).toBe(true);
    await uploader.shard([fileOf(xorb.part(0, 3), xorb.term(0, 3))]);
    expect([await storedBytesOf(xorb.hash), await blobs.has(stored)]).toEqual([stored, true]);
    await uploader.shard([fileOf(xorb.part(2, 4), xorb.term(2, 4))]);
    expect([await storedBytesOf(xorb.hash), await blobs.has(stored)]).toEqual([null, false]);
    expect(await query('SELECT 1 FROM contents WHERE sha256 = $1', stored)).toEqual([]);

    const later = Buffer.concat([xorb.part(1, 4), xorb.part(0, 2), xorb.part(0, 4)]);
    const terms = [xorb.term(1, 4), xorb.term(0, 2), xorb.term(0, 4)];
    const elsewhere = await Uploader.of('alice/elsewhere');
    expect((await elsewhere.shard([fileOf(later, ...terms)])).status).toBe(200);
    const repository = await repositories.find({ type: 'model', namespace: 'alice', name: 'elsewhere' }, {});
    expect((await commitAndDownload(repository!, later)).body.equals(later)).toBe(true);
  });

  it('can be uploaded again, whether the hub still has it or not', async () => {
    const xorb = newXorb(500, 600);
    const uploader = await Uploader.of('alice/cached');
    const shard = () => uploader.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))]);
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: false });
    expect([(await shard()).status, (await shard()).status]).toEqual([200, 200]);
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await shard()).status).toBe(200);
    expect(await storedBytesOf(xorb.hash)).toBeNull();
  });

  it('is accepted again if the store has lost it', async () => {
    const xorb = newXorb(123);
    const uploader = await Uploader.of('alice/cached');
    await uploader.xorb(xorb.hash, xorb.bytes);
    await blobs.delete((await storedBytesOf(xorb.hash))!);
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await uploader.shard([fileOf(xorb.part(0, 1), xorb.term(0, 1))])).status).toBe(200);
  });

  it('can be used by other accounts, but false content of one account does not affect them', async () => {
    const xorb = newXorb(4000, 50);
    const [honest, attacker] = [await Uploader.of('alice/cached'), await Uploader.of('bob/bobs', bob)];
    const otherXorb = newXorb(4000, 50);
    await attacker.xorb(xorb.hash, otherXorb.bytes);
    expect((await honest.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await honest.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))])).status).toBe(200);

    const other = newXorb(700);
    await honest.xorb(other.hash, other.bytes);
    expect((await attacker.shard([fileOf(other.part(0, 1), other.term(0, 1))])).status).toBe(200);
  });

  describe('with chunks of a file that the storage', () => {
    const blobOf = (hash: string): string =>
      join(hub.config.dataDir, 'blobs', hash.slice(0, 2), hash.slice(2, 4), hash);
    const lost = async (): Promise<number> => (await scrape(hub.url)).value('hubfall_storage_missing_content_total')!;

    it.each<[string, (hash: string) => Promise<unknown>]>([
      ['has lost', (hash) => blobs.delete(hash)],
      ['has with other bytes', async (hash) => writeFile(blobOf(hash), randomBytes((await blobs.size(hash))!))],
    ])('%s is an error of the hub, until the xorb or the file is uploaded', async (name, damage) => {
      const xorb = newXorb(900 + name.length, 50);
      const uploader = await Uploader.of('alice/cached');
      await uploader.xorb(xorb.hash, xorb.bytes);
      const file = fileOf(xorb.part(0, 2), xorb.term(0, 2));
      const other = fileOf(Buffer.concat([xorb.part(0, 1), xorb.part(0, 2)]), xorb.term(0, 1), xorb.term(0, 2));
      await uploader.shard([file]);
      await damage(file.sha256!);
      const before = await lost();
      const response = await uploader.shard([other]);
      expect([response.status, (response.json() as { error: string }).error]).toEqual([
        500,
        expect.stringMatching(/missing from the storage of the hub, or damaged in it\. Delete ~\/\.cache/),
      ]);
      expect(await lost()).toBeGreaterThan(before);
      const batch = await sendRequest(hub.url, '/alice/cached.git/info/lfs/objects/batch', {
        method: 'POST',
        headers: alice.headers,
        json: {
          operation: 'upload',
          transfers: ['basic', 'xet'],
          objects: [{ oid: file.sha256, size: xorb.part(0, 2).length }],
        },
      });
      expect(batch.json()).toMatchObject({ transfer: 'basic', objects: [{ actions: { upload: {} } }] });
      await uploader.xorb(xorb.hash, xorb.bytes);
      expect((await uploader.shard([other, file])).status).toBe(200);
      expect(sha256(await readFile(blobOf(file.sha256!)))).toBe(file.sha256);
    });

    it('has with other bytes does not matter if the client has sent the xorb again', async () => {
      const xorb = newXorb(700, 60);
      const uploader = await Uploader.of('alice/cached');
      const file = fileOf(xorb.part(0, 2), xorb.term(0, 2));
      for (const isAgain of [false, true]) {
        await uploader.xorb(xorb.hash, xorb.bytes);
        if (isAgain) await writeFile(blobOf(file.sha256!), randomBytes(760));
        expect((await uploader.shard([file])).status).toBe(200);
      }
      expect(sha256(await readFile(blobOf(file.sha256!)))).toBe(file.sha256);
    });
  });

  it('is deleted after it was not used for 28 days; a new shard renews it', async () => {
    const [old, renewed] = [newXorb(10), newXorb(20, 30)];
    const uploader = await Uploader.of('alice/cached');
    for (const { hash, bytes } of [old, renewed]) await uploader.xorb(hash, bytes);
    await query(`UPDATE xet_xorbs SET renewed_at = now() - interval '29 days' WHERE hash = ANY($1)`, [
      old.hash,
      renewed.hash,
    ]);
    await uploader.shard([], [{ hash: renewed.hash, chunks: 2 }]);
    await hub.app.get(XorbExpiry, { strict: false }).sweep();
    const remaining = await query('SELECT hash FROM xet_xorbs WHERE hash = ANY($1)', [old.hash, renewed.hash]);
    expect(remaining).toEqual([{ hash: renewed.hash }]);
  });
});

describe('an LFS batch of a client that supports Xet', () => {
  let content: Buffer;
  const batch = async (more: object, user = alice): Promise<HttpResponse> =>
    sendRequest(hub.url, '/alice/batches.git/info/lfs/objects/batch', {
      method: 'POST',
      headers: user.headers,
      json: { operation: 'upload', transfers: ['basic', 'multipart', 'xet'], ...more },
    });
  const objectOf = (content: Buffer) => ({ oid: sha256(content), size: content.length });

  it('returns a token for the upload, and the URL of the next one; the file can be committed', async () => {
    const repository = await make('batches');
    const xorb = newXorb(6, 6);
    content = xorb.part(0, 2);
    const response = await batch({ objects: [objectOf(content)], ref: { name: 'a/b' } });
    const { transfer, objects } = response.json() as LfsBatchResponse;
    expect([response.status, transfer]).toEqual([200, 'xet']);
    const { href, header } = objects[0]!.actions!.upload!;
    expect(header).toMatchObject({ 'X-Xet-Cas-Url': `${hub.url}/xet` });
    expect(Number(header!['X-Xet-Token-Expiration'])).toBeGreaterThan(Date.now() / 1000 + 600);
    expect(href).toBe(`${hub.url}/api/models/alice/batches/xet-write-token/a%2Fb`);
    const renewed = await sendRequest(hub.url, href.slice(hub.url.length), { headers: alice.headers });
    for (const token of [header!['X-Xet-Access-Token']!, renewed.headers['x-xet-access-token']!])
      expect((await Uploader.with(token).xorb(xorb.hash, xorb.bytes)).status).toBe(200);
    const file = fileOf(content, xorb.term(0, 2));
    expect((await Uploader.with(header!['X-Xet-Access-Token']!).shard([file])).status).toBe(200);
    expect((await commitAndDownload(repository, content)).body.equals(content)).toBe(true);
    expect((await batch({ objects: [objectOf(content)] })).json()).toEqual({
      transfer: 'xet',
      objects: [objectOf(content)],
      hash_algo: 'sha256',
    });
  });

  it.each<[string, object, string]>([
    ['another transfer if the client does not support Xet', { transfers: ['basic', 'multipart'] }, 'basic'],
    ['the only transfer for downloads', { operation: 'download' }, 'basic'],
  ])('returns %s', async (_case, more, transfer) => {
    const response = await batch({ objects: [objectOf(content)], ...more });
    expect(response.json()).toMatchObject({ transfer });
  });

  it('requires write access', async () => {
    const response = await batch({ objects: [] }, bob);
    expect([response.status, response.body.toString().includes('X-Xet')]).toEqual([403, false]);
  });
});
