import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { BLOB_STORE, type BlobStore } from '../../src/platform/storage/blob-store.js';
import { LocalRepositories } from '../../src/repos/store/local-repositories.service.js';
import type { LocalRepository } from '../../src/repos/store/local-repository.js';
import { ask, type AskOptions, type Told } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { person, type Person } from '../support/people.js';
import { sha256, shardBytes, xorbBytes, type XetFile, type XetTerm } from '../support/xet-builder.js';

let hub: RunningHub;
let alice: Person;
let bob: Person;
let repositories: LocalRepositories;
beforeAll(async () => {
  hub = await startHub();
  [alice, bob] = [await person(hub, 'alice'), await person(hub, 'bob')];
  repositories = hub.app.get(LocalRepositories, { strict: false });
});
afterAll(() => hub.close());

const make = (name: string, owner = 'alice', isPrivate = false): Promise<LocalRepository> =>
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

/** A xorb of random chunks of these sizes. */
function newXorb(...sizes: number[]) {
  const chunks = sizes.map((size) => randomBytes(size));
  const bytes = xorbBytes(chunks.map((data) => ({ data })));
  const hash = sha256(bytes);
  const part = (first: number, end: number): Buffer => Buffer.concat(chunks.slice(first, end));
  const term = (first: number, end: number): XetTerm => ({ xorb: hash, first, end, size: part(first, end).length });
  return { hash, bytes, part, term };
}

const fileOf = (content: Uint8Array, ...terms: XetTerm[]): XetFile => ({ sha256: sha256(content), terms });

/** The content of a large file, committed and read as any client reads it. */
async function committed(repository: LocalRepository, file: Buffer): Promise<Told> {
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
