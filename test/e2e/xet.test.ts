import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { BLOB_STORE, type BlobStore } from '../../src/platform/storage/blob-store.js';
import { LocalRepos } from '../support/local-repos.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { AccountsService } from '../../src/users/accounts.service.js';
import { XorbExpiry } from '../../src/repos/xet/xorb-expiry.service.js';
import { ask, type AskOptions, type Told } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { person, type Person } from '../support/people.js';
import { postStubbornly } from '../support/stubborn-client.js';
import { fileOf, newXorb, sha256, shardBytes, xorbBytes, type XetFile } from '../support/xet-builder.js';

let hub: RunningHub;
let alice: Person;
let bob: Person;
let repositories: LocalRepos;
beforeAll(async () => {
  hub = await startHub();
  [alice, bob] = [await person(hub, 'alice'), await person(hub, 'bob')];
  repositories = LocalRepos.of(hub.app);
});
afterAll(() => hub.close());

const make = (name: string, owner = 'alice', isPrivate = false): Promise<LocalRepo> =>
  repositories.createRepository({
    repo: { type: 'model', namespace: owner, name },
    ownerName: owner,
    private: isPrivate,
  });

const tokenOf = (name: string, who: Person, rest = 'None'): Promise<Told> =>
  ask(hub.url, `/api/models/${name}/xet-write-token/${rest}`, { headers: who.headers });

/** What one account does over Xet in one repository. */
class Uploader {
  private constructor(readonly token: string) {}

  static async of(name: string, who = alice): Promise<Uploader> {
    return new Uploader(((await tokenOf(name, who)).json() as { accessToken: string }).accessToken);
  }

  post(path: string, body: AskOptions['body'], headers: Record<string, string> = {}): Promise<Told> {
    const own = { authorization: `Bearer ${this.token}`, 'content-type': 'application/octet-stream', ...headers };
    return ask(hub.url, `/xet/v1/${path}`, { method: 'POST', body, headers: own });
  }

  xorb(hash: string, body: AskOptions['body']): Promise<Told> {
    return this.post(`xorbs/default/${hash}`, body);
  }

  shard(files: readonly XetFile[], xorbs: readonly { hash: string; chunks: number }[] = []): Promise<Told> {
    return this.post('shards', shardBytes(files, xorbs));
  }
}

/** The content of a large file, committed and read as any client reads it. */
async function committed(repository: LocalRepo, file: Buffer): Promise<Told> {
  const operations = [{ kind: 'lfsFile', path: 'file.bin', sha256: sha256(file), size: file.length }] as const;
  await repositories.commit(repository, { branch: 'main', summary: 'add', author: { name: 'alice' }, operations });
  const { namespace, name } = repository.repo;
  return ask(hub.url, `/${namespace}/${name}/resolve/main/file.bin`, { headers: alice.headers });
}

const query = <T>(sql: string, ...values: unknown[]): Promise<T[]> => hub.app.get(DataSource).query<T[]>(sql, values);

describe('the token', () => {
  beforeAll(async () => {
    await make('tokens');
    await make('hidden', 'alice', true);
  });

  it('comes in the body and in headers, and is good for the address it names', async () => {
    for (const rest of ['None', 'main', 'refs%2Fpr%2F1', 'feature/x']) {
      const answer = await tokenOf('alice/tokens', alice, rest);
      const { casUrl, accessToken, exp } = answer.json() as Record<string, string>;
      expect([answer.status, casUrl]).toEqual([200, `${hub.url}/xet`]);
      expect(answer.headers).toMatchObject({
        'x-xet-cas-url': casUrl,
        'x-xet-access-token': accessToken,
        'x-xet-token-expiration': `${exp}`,
      });
      expect(Number(exp)).toBeGreaterThan(Date.now() / 1000 + 600);
    }
  });

  it.each([
    ['nobody', 'alice/tokens', () => ({}), 401],
    ['a stranger', 'alice/tokens', () => bob.headers, 403],
    ['a stranger to what is private', 'alice/hidden', () => bob.headers, 404],
    ['its owner for what is not there', 'alice/nothing', () => alice.headers, 404],
  ])('is refused to %s', async (_, name, headers, status) => {
    const answer = await ask(hub.url, `/api/models/${name}/xet-write-token/main`, { headers: headers() });
    expect([answer.status, Object.keys(answer.headers).filter((header) => header.startsWith('x-xet'))]).toEqual([
      status,
      [],
    ]);
  });

  it('is not made for pull requests, nor for reading', async () => {
    expect((await tokenOf('alice/tokens', alice, 'main?create_pr=1')).status).toBe(501);
    const read = await ask(hub.url, '/api/models/alice/tokens/xet-read-token/main', { headers: alice.headers });
    expect([read.status, read.json()]).toEqual([404, expect.objectContaining({ error: expect.any(String) as string })]);
  });

  it.each([
    ['without any', undefined, 401],
    ['with the account’s', () => alice.token, 401],
    ['with an invented one', () => 'grant_abc.def.ghi', 401],
  ])('%s, nothing is taken', async (_, token, status) => {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token()}` } : {};
    const { hash, bytes } = newXorb(10);
    for (const path of [`xorbs/default/${hash}`, 'shards'])
      expect((await ask(hub.url, `/xet/v1/${path}`, { method: 'POST', headers, body: bytes })).status).toBe(status);
  });

  it('is worth nothing once the repository is gone', async () => {
    const doomed = await make('doomed');
    const uploader = await Uploader.of('alice/doomed');
    await query('DELETE FROM repositories WHERE id = $1', doomed.id);
    const { hash, bytes } = newXorb(10);
    expect([(await uploader.xorb(hash, bytes)).status, (await uploader.shard([])).status]).toEqual([404, 404]);
  });
});

describe('the token of an account that is no longer in use', () => {
  it.each([
    ['disabled', 'UPDATE accounts SET disabled_at = now() WHERE name = $1'],
    ['deleted', 'DELETE FROM accounts WHERE name = $1'],
  ])('is worth nothing: %s', async (what, statement) => {
    const leaver = await person(hub, `leaver-${what}`);
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

describe('a file over Xet', () => {
  let repository: LocalRepo;
  let uploader: Uploader;
  beforeAll(async () => {
    repository = await make('files');
    uploader = await Uploader.of('alice/files');
  });

  it('is put together from its terms, and served as an ordinary large file', async () => {
    const [one, two] = [newXorb(70_000, 9_000, 100), newXorb(131_072, 5)];
    const file = Buffer.concat([one.part(1, 3), two.part(0, 2), one.part(0, 1), one.part(1, 2)]);
    expect((await uploader.xorb(one.hash, one.bytes)).json()).toEqual({ was_inserted: true });
    expect((await uploader.xorb(two.hash, two.bytes)).json()).toEqual({ was_inserted: true });
    const terms = [one.term(1, 3), two.term(0, 2), one.term(0, 1), one.term(1, 2)];
    const told = await uploader.shard([fileOf(file, ...terms)]);
    expect([told.status, told.json()]).toEqual([200, { result: 1 }]);

    const places = () => query('SELECT 1 FROM xet_runs WHERE sha256 = ANY($1)', [sha256(file), sha256(again)]);
    const again = Buffer.concat([two.part(1, 2), one.part(1, 2), two.part(0, 1)]);
    const toldAgain = await uploader.shard([fileOf(again, two.term(1, 2), one.term(1, 2), two.term(0, 1))]);
    expect(toldAgain.status).toBe(200);
    expect(await places()).toHaveLength(terms.length); // where a chunk lies is noted once

    const answer = await committed(repository, file);
    expect(answer.body.equals(file)).toBe(true);
    expect(answer.headers.etag).toBe(`"${sha256(file)}"`);
    expect(Object.keys(answer.headers).filter((name) => name.includes('xet'))).toEqual([]);
  });

  it('may be one of many in a shard, of the same xorb', async () => {
    const xorb = newXorb(...Array.from({ length: 40 }, (_, n) => 1000 + n));
    const files = Array.from({ length: 40 }, (_, n) => xorb.part(n, n + 1));
    await uploader.xorb(xorb.hash, xorb.bytes);
    const told = await uploader.shard(files.map((file, n) => fileOf(file, xorb.term(n, n + 1))));
    expect(told.status).toBe(200);
    expect((await committed(repository, files[39]!)).body.equals(files[39]!)).toBe(true);
  });

  it('may be sent by an impatient client again and again: what is done, or being done, is not done anew', async () => {
    const xorb = newXorb(60_000, 700);
    await uploader.xorb(xorb.hash, xorb.bytes);
    const shard = () => uploader.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))]);
    const told = await Promise.all([shard(), shard(), shard()]);
    expect(told.map(({ status }) => status)).toEqual([200, 200, 200]);
    await query('DELETE FROM xet_xorbs WHERE hash = $1', xorb.hash);
    expect((await shard()).status).toBe(200);
  });

  it('is what it is called, though the store has a file of that name already', async () => {
    const xorb = newXorb(5000, 5000);
    await uploader.xorb(xorb.hash, xorb.bytes);
    expect((await uploader.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))])).status).toBe(200);
    const [secret, other] = [sha256(xorb.part(0, 2)), newXorb(5000, 5000)];
    await make('mine', 'bob');
    const stranger = await Uploader.of('bob/mine', bob);
    await stranger.xorb(other.hash, other.bytes);
    const told = await stranger.shard([{ sha256: secret, terms: [other.term(0, 2)] }]);
    expect(told.status).toBe(400);
    expect(await query('SELECT 1 FROM lfs_objects WHERE sha256 = $1', secret)).toHaveLength(1);
  });
});

describe('what cannot be put together', () => {
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
  it.each<[what: string, file: () => XetFile, says: RegExp]>([
    [
      'another SHA-256',
      () => ({ sha256: 'cd'.repeat(32), terms: [xorb.term(0, 3)] }),
      /SHA-256 is [0-9a-f]{64}, not cdcd/,
    ],
    [
      'a xorb that was never sent',
      () => ({ sha256: 'cd'.repeat(32), terms: [unknown] }),
      /does not have the xorb abab/,
    ],
    [
      'more chunks than the xorb has',
      () => ({ sha256: 'cd'.repeat(32), terms: [{ ...xorb.term(0, 3), end: 4 }] }),
      /chunks 0 up to 4 of the xorb [0-9a-f]{64}, which has 3/,
    ],
    [
      'chunks of another size',
      () => ({ sha256: 'cd'.repeat(32), terms: [{ ...xorb.term(0, 3), size: 6001 }] }),
      /as 6001 bytes; they have 6000/,
    ],
    ['no SHA-256', () => ({ terms: [xorb.term(0, 3)] }), /has no SHA-256 for the file/],
  ])('%s: 400 that says so, and nothing is kept', async (_, file, says) => {
    const before = await objects();
    const told = await uploader.shard([file()]);
    expect([told.status, (told.json() as { error: string }).error]).toEqual([400, expect.stringMatching(says)]);
    expect(await objects()).toBe(before);
  });

  it('tells how to make a machine forget what the hub does not have', async () => {
    const told = await uploader.shard([{ sha256: 'cd'.repeat(32), terms: [unknown] }]);
    expect((told.json() as { detail: string }).detail).toContain('~/.cache/huggingface/xet');
  });

  it('a chunk that is no LZ4 frame is found when it is used', async () => {
    const bytes = xorbBytes([{ data: Buffer.from('no frame at all'), scheme: 1, size: 100 }]);
    await uploader.xorb(sha256(bytes), bytes);
    const told = await uploader.shard([
      { sha256: 'cd'.repeat(32), terms: [{ xorb: sha256(bytes), first: 0, end: 1, size: 100 }] },
    ]);
    expect([told.status, (told.json() as { error: string }).error]).toEqual([
      400,
      expect.stringContaining('LZ4 frame'),
    ]);
  });

  it.each<[what: string, hash: string, body: () => Buffer, status: number]>([
    ['random bytes', 'ef'.repeat(32), () => randomBytes(100_000), 400],
    ['a xorb cut off', 'ef'.repeat(32), () => xorb.bytes.subarray(0, -1), 400],
    ['nothing', 'ef'.repeat(32), () => Buffer.alloc(0), 400],
    ['a hash that is none', 'hash', () => xorb.bytes, 400],
    ['more than 66 MiB', 'ef'.repeat(32), () => tooLong, 413],
  ])('as a xorb, %s is refused', async (_, hash, body, status) => {
    const before = await contents();
    const told = await uploader.xorb(hash, body());
    expect([told.status, typeof (told.json() as { error: string }).error]).toEqual([status, 'string']);
    expect(await contents()).toBe(before);
  });

  it.each([
    ['a xorb', 'xorbs/default/' + 'ef'.repeat(32), () => Buffer.alloc(40_000_000, 1), 400],
    ['a xorb that is too long', 'xorbs/default/' + 'ef'.repeat(32), () => tooLong, 413],
    ['a shard', 'shards', () => Buffer.alloc(40_000_000, 1), 400],
    ['a shard that is too long', 'shards', () => Buffer.alloc(90_000_000, 1), 413],
  ])('%s is refused to a client that reads no answer before it has sent all', async (_, path, body, status) => {
    const headers = { authorization: `Bearer ${uploader.token}` };
    expect(await postStubbornly(hub.url, `/xet/v1/${path}`, headers, body())).toEqual([status, status]);
  });
});

describe('what a client remembers to have uploaded', () => {
  let blobs: BlobStore;
  beforeAll(async () => {
    blobs = hub.app.get<BlobStore>(BLOB_STORE, { strict: false });
    for (const name of ['memory', 'elsewhere']) await make(name);
    await make('bobs', 'bob');
  });
  const bytesHeld = async (hash: string): Promise<string | null> =>
    (await query<{ sha256: string | null }>('SELECT sha256 FROM xet_xorbs WHERE hash = $1', hash))[0]!.sha256;

  it('can be used again without its xorb, whose own bytes go as soon as every chunk lies in a file', async () => {
    const xorb = newXorb(3000, 200, 70_000, 8);
    const uploader = await Uploader.of('alice/memory');
    await uploader.xorb(xorb.hash, xorb.bytes);
    const held = (await bytesHeld(xorb.hash))!;
    expect(await blobs.has(held)).toBe(true);
    await uploader.shard([fileOf(xorb.part(0, 3), xorb.term(0, 3))]);
    expect([await bytesHeld(xorb.hash), await blobs.has(held)]).toEqual([held, true]);
    await uploader.shard([fileOf(xorb.part(2, 4), xorb.term(2, 4))]);
    expect([await bytesHeld(xorb.hash), await blobs.has(held)]).toEqual([null, false]);
    expect(await query('SELECT 1 FROM contents WHERE sha256 = $1', held)).toEqual([]);

    const later = Buffer.concat([xorb.part(1, 4), xorb.part(0, 2), xorb.part(0, 4)]);
    const terms = [xorb.term(1, 4), xorb.term(0, 2), xorb.term(0, 4)];
    const elsewhere = await Uploader.of('alice/elsewhere');
    expect((await elsewhere.shard([fileOf(later, ...terms)])).status).toBe(200);
    const found = await repositories.find({ type: 'model', namespace: 'alice', name: 'elsewhere' }, {});
    expect((await committed(found!, later)).body.equals(later)).toBe(true);
  });

  it('may be sent again: known or not, the answer is fine', async () => {
    const xorb = newXorb(500, 600);
    const uploader = await Uploader.of('alice/memory');
    const shard = () => uploader.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))]);
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: false });
    expect([(await shard()).status, (await shard()).status]).toEqual([200, 200]);
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await shard()).status).toBe(200);
    expect(await bytesHeld(xorb.hash)).toBeNull();
  });

  it('is taken again when the store has lost it', async () => {
    const xorb = newXorb(123);
    const uploader = await Uploader.of('alice/memory');
    await uploader.xorb(xorb.hash, xorb.bytes);
    await blobs.delete((await bytesHeld(xorb.hash))!);
    expect((await uploader.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await uploader.shard([fileOf(xorb.part(0, 1), xorb.term(0, 1))])).status).toBe(200);
  });

  it('serves another account of the same machine, but cannot be spoiled by one that lies', async () => {
    const xorb = newXorb(4000, 50);
    const [honest, liar] = [await Uploader.of('alice/memory'), await Uploader.of('bob/bobs', bob)];
    const lie = newXorb(4000, 50);
    await liar.xorb(xorb.hash, lie.bytes);
    expect((await honest.xorb(xorb.hash, xorb.bytes)).json()).toEqual({ was_inserted: true });
    expect((await honest.shard([fileOf(xorb.part(0, 2), xorb.term(0, 2))])).status).toBe(200);

    const other = newXorb(700);
    await honest.xorb(other.hash, other.bytes);
    expect((await liar.shard([fileOf(other.part(0, 1), other.term(0, 1))])).status).toBe(200);
  });

  it('a file that has left the store is passed over, and a file that needs it is refused', async () => {
    const xorb = newXorb(900);
    const uploader = await Uploader.of('alice/memory');
    await uploader.xorb(xorb.hash, xorb.bytes);
    const file = fileOf(xorb.part(0, 1), xorb.term(0, 1));
    await uploader.shard([file]);
    await blobs.delete(file.sha256!);
    const told = await uploader.shard([file]);
    expect([told.status, (told.json() as { error: string }).error]).toEqual([
      400,
      expect.stringContaining('has let go of'),
    ]);
    await uploader.xorb(xorb.hash, xorb.bytes);
    expect((await uploader.shard([file])).status).toBe(200);
    expect(await blobs.has(file.sha256!)).toBe(true);
  });

  it('is forgotten when no client can remember it any more, which a new shard puts off', async () => {
    const [old, renewed] = [newXorb(10), newXorb(20, 30)];
    const uploader = await Uploader.of('alice/memory');
    for (const { hash, bytes } of [old, renewed]) await uploader.xorb(hash, bytes);
    await query(`UPDATE xet_xorbs SET renewed_at = now() - interval '29 days' WHERE hash = ANY($1)`, [
      old.hash,
      renewed.hash,
    ]);
    await uploader.shard([], [{ hash: renewed.hash, chunks: 2 }]);
    await hub.app.get(XorbExpiry, { strict: false }).sweep();
    const left = await query('SELECT hash FROM xet_xorbs WHERE hash = ANY($1)', [old.hash, renewed.hash]);
    expect(left).toEqual([{ hash: renewed.hash }]);
  });
});
