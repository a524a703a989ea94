import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SecretKeys } from '../../../src/platform/identity/secret-keys.js';
import { TokenCipher } from '../../../src/fallback/sources/token-cipher.js';
import { FsOwnerMark } from '../../../src/platform/storage/fs-owner-mark.js';
import { FsBlobStore } from '../../../src/platform/storage/fs-blob-store.js';
import { blockBytesOf, type PartialFile } from '../../../src/platform/storage/block-store.js';
import { FsBlockStore } from '../../../src/platform/storage/fs-block-store.js';
import { HeldBlockStore } from '../../../src/repos/content-cache/held-blocks.store.js';
import type { CheckReport, HashMode, Problem } from '../../../src/app/check/check-report.js';
import { runCheck } from '../../../src/app/check/run-check.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { LocalStore } from '../../support/local-store.js';

const repoLabel = ({ repo }: LocalRepo): string => `${repo.type} ${repo.namespace}/${repo.name}`;
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** A repository of the test, and what a case needs to damage it. */
interface Subject {
  readonly repo: LocalRepo;
  /** Different in each case. */
  readonly text: string;
  readonly sql: (sql: string, parameters?: unknown[]) => Promise<unknown>;
  /** Path of the content of `a.txt`. */
  readonly blob: string;
}

interface Damage {
  readonly name: string;
  readonly kind: string;
  readonly damage: (subject: Subject) => Promise<unknown>;
  /** Part of the message. */
  readonly message: RegExp;
  readonly isRepairable?: boolean;
  /** The problem that remains after `--repair`. The same by default. */
  readonly remains?: string;
  readonly hashes?: HashMode;
}

const DAMAGES: readonly Damage[] = [
  {
    name: 'a file that the storage does not have',
    kind: 'content-missing',
    damage: ({ blob }) => rm(blob),
    message: /^In model alice\/.*, the file "a.txt" with the SHA-256 .* is missing from the storage\.$/,
  },
  {
    name: 'a file of another size',
    kind: 'content-size',
    damage: ({ blob }) => truncate(blob, 3),
    message: /has 3 bytes in the storage, but \d+ in the database\.$/,
  },
  {
    name: 'a file with other bytes',
    kind: 'content-damaged',
    damage: ({ blob, text }) => writeFile(blob, text.toUpperCase()),
    message: /"a.txt" .* has the SHA-256 /,
    hashes: 'all',
    remains: 'content-missing',
  },
  {
    name: 'a file that is missing from the index',
    kind: 'content-not-indexed',
    damage: ({ sql, text }) => sql('DELETE FROM contents WHERE sha256 = $1', [sha256(text)]),
    message: /is missing from the index of stored contents/,
    isRepairable: true,
  },
  {
    name: 'a branch without its commit',
    kind: 'ref-without-commit',
    damage: ({ sql, repo }) => sql(`INSERT INTO refs VALUES ($1, 'refs/heads/lost', '${'0'.repeat(40)}')`, [repo.id]),
    message: /refs\/heads\/lost points to the commit 0{40}, which does not exist/,
  },
  {
    name: 'an annotated tag without its object',
    kind: 'tag-damaged',
    damage: ({ sql, repo }) =>
      sql(
        `INSERT INTO refs (repository_id, name, commit_oid, tag_oid, tag_body)
         SELECT $1, 'refs/tags/v1', commit_oid, '${'1'.repeat(40)}', '\\x00' FROM refs WHERE repository_id = $1 AND name = 'refs/heads/main'`,
        [repo.id],
      ),
    message: /the annotated tag refs\/tags\/v1 does not match its id/,
  },
  {
    name: 'a commit without its parent',
    kind: 'commit-without-parent',
    damage: ({ sql, repo }) => sql('DELETE FROM commits WHERE repository_id = $1 AND generation = 1', [repo.id]),
    message: /the commit .* has the parent .*, which does not exist/,
  },
  {
    name: 'a commit with another title',
    kind: 'commit-damaged',
    damage: ({ sql, repo }) =>
      sql(`UPDATE commits SET title = 'other' WHERE repository_id = $1 AND generation = 2`, [repo.id]),
    message: /the commit .* does not match its id/,
  },
  {
    name: 'a commit without its root folder',
    kind: 'commit-without-tree',
    damage: ({ sql, repo }) =>
      sql(
        `DELETE FROM trees t USING commits c WHERE t.repository_id = $1 AND c.repository_id = $1 AND c.tree_oid = t.oid AND c.generation = 2`,
        [repo.id],
      ),
    message: /has the root folder .*, which does not exist/,
  },
  {
    name: 'a folder without its file',
    kind: 'file-missing',
    damage: ({ sql, repo, text }) =>
      sql('DELETE FROM blobs WHERE repository_id = $1 AND sha256 = $2', [repo.id, sha256(text)]),
    message: /the folder .* has the file "a.txt" \(.*\), which does not exist/,
  },
  {
    name: 'a folder with other bytes',
    kind: 'tree-damaged',
    damage: ({ sql, repo }) =>
      sql(
        `UPDATE trees t SET body = set_byte(body, 0, 51) FROM commits c
         WHERE t.repository_id = $1 AND c.repository_id = $1 AND c.tree_oid = t.oid AND c.generation = 2`,
        [repo.id],
      ),
    message: /the folder .* does not match its id/,
  },
];

describeOnEveryDatabase.inFullRuns('check', (newDatabase) => {
  let store: LocalStore;
  let blobs: FsBlobStore;
  let blocks: FsBlockStore;
  let dataDir: string;
  const config = buildHubConfig();

  beforeAll(async () => {
    const database = await newDatabase();
    dataDir = database.dataDir;
    store = await LocalStore.open(database);
    blobs = new FsBlobStore(join(dataDir, 'blobs'));
    blocks = new FsBlockStore(join(dataDir, 'blobs', 'held'), blobs);
  });
  afterAll(() => store.close());

  const sql = (text: string, parameters: unknown[] = []): Promise<unknown[]> => store.database.query(text, parameters);
  const check = (repair: boolean, hashes: HashMode = 'none'): Promise<CheckReport> =>
    runCheck(
      config,
      {
        database: store.database,
        blobs,
        blocks,
        mark: new FsOwnerMark(join(dataDir, 'blobs')),
        direct: undefined,
        repair,
        hashes,
      },
      () => undefined,
    );
  const problemsOf = (report: CheckReport, repository: string): Problem[] =>
    report.problems.filter((problem) => problem.repository === repository);

  async function newSubject(): Promise<Subject> {
    const repo = await store.repository();
    const text = `text of ${repo.repo.name}\n`;
    await store.commit(repo, { 'a.txt': text, 'folder/b.txt': `${text}b` });
    const digest = sha256(text);
    return { repo, text, sql, blob: join(dataDir, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest) };
  }

  it('finds nothing in an intact hub, with files, large files and a squashed history', async () => {
    const { repo } = await newSubject();
    const { sha256: large } = await store.repositories.putLfsObject(repo, Readable.from([Buffer.from('large')]));
    await store.commit(repo, {}, { operations: [{ kind: 'lfsFile', path: 'large.bin', sha256: large }] });
    await store.roots.squash(repo, { branch: 'main', author: 'alice', message: 'squash' });
    const report = await check(false, 'all');
    expect(report).toMatchObject({ status: 'ok', problems: [], problems_omitted: 0 });
    const examined = Object.fromEntries(report.checks.map(({ name, examined: count }) => [name, count]));
    expect(examined).toMatchObject({ refs: 1, quotas: 1 });
    expect(examined['commits']).toBeGreaterThanOrEqual(4);
    expect(examined['contents']).toBeGreaterThanOrEqual(3);
    expect(report.notes).toEqual([
      expect.stringMatching(/^Read \d+ files \(.*\) and compared them with their hashes\.$/),
    ]);
  });

  it.each(DAMAGES)('finds $name', async ({ kind, damage, message, isRepairable = false, remains = kind, hashes }) => {
    const subject = await newSubject();
    const name = repoLabel(subject.repo);
    await damage(subject);
    const report = await check(false, hashes);
    expect(report.status).toBe('problems');
    const found = problemsOf(report, name).filter((problem) => problem.kind === kind);
    expect(found).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(message),
        ...(isRepairable && { repair: 'available' }),
      }),
    ]);
    await check(true, hashes);
    const left = problemsOf(await check(false, hashes), name).map((problem) => problem.kind);
    expect(left.includes(remains)).toBe(!isRepairable);
    await store.changes.remove(subject.repo);
  });

  it.each<[string, (repo: LocalRepo, content: Buffer) => Promise<unknown>]>([
    ['commit', (repo, content) => store.commit(repo, { 'again.txt': content.toString() })],
    ['upload over LFS', (repo, content) => store.repositories.putLfsObject(repo, Readable.from([content]))],
  ])('sets a damaged file aside, so that the next %s of it heals the hub', async (_, upload) => {
    const { repo, text, blob } = await newSubject();
    await writeFile(blob, text.toUpperCase());
    expect((await check(false, 'all')).problems).toMatchObject([{ kind: 'content-damaged' }]);
    expect(await readFile(blob, 'utf8')).toBe(text.toUpperCase());
    const place = `damaged/${sha256(text)}`;
    expect((await check(true, 'all')).problems).toMatchObject([
      { kind: 'content-damaged', advice: expect.stringContaining(`It was moved to "${place}"`) as unknown },
    ]);
    expect(await readFile(join(dataDir, 'blobs', place), 'utf8')).toBe(text.toUpperCase());
    await upload(repo, Buffer.from(text));
    expect(await readFile(blob, 'utf8')).toBe(text);
    expect(await check(false, 'all')).toMatchObject({ status: 'ok', problems: [] });
  });

  it('does not set a file aside because of an error while reading it', async () => {
    const { blob, text } = await newSubject();
    let reads = 0;
    const unreliable = Object.create(blobs, {
      open: {
        value: (digest: string) =>
          digest === sha256(text) && ++reads === 1 ? Readable.from(['other']) : blobs.open(digest),
      },
    }) as FsBlobStore;
    const options = { database: store.database, blobs: unreliable, blocks, direct: undefined, repair: true } as const;
    const mark = new FsOwnerMark(join(dataDir, 'blobs'));
    const report = await runCheck(config, { ...options, mark, hashes: 'all' }, () => undefined);
    expect([report.problems, reads, await readFile(blob, 'utf8')]).toEqual([[], 2, text]);
  });

  it('reports nothing about folders that are being deleted with their history', async () => {
    const { repo, text } = await newSubject();
    await store.commit(repo, { 'a.txt': 'other' });
    const old = (await sql('SELECT oid FROM commits WHERE repository_id = $1', [repo.id])) as { oid: string }[];
    await store.roots.squash(repo, { branch: 'main', author: 'alice', message: 'squash' });
    // as HistoryStore does, before it deletes folders and files
    const oids = old.map(({ oid }) => oid);
    await sql('DELETE FROM commits WHERE repository_id = $1 AND oid = ANY($2)', [repo.id, oids]);
    await sql('DELETE FROM entry_changes WHERE repository_id = $1 AND commit_oid = ANY($2)', [repo.id, oids]);
    await sql('UPDATE history_cuts SET unswept = true WHERE repository_id = $1', [repo.id]);
    await sql(`DELETE FROM blobs WHERE repository_id = $1 AND sha256 = $2`, [repo.id, sha256(text)]);
    const kinds = problemsOf(await check(false), repoLabel(repo)).map(({ kind }) => kind);
    expect(kinds).toEqual([]);
  });

  it('reports nothing about a hub that is in use', async () => {
    let isChecking = true;
    const write = async (): Promise<void> => {
      while (isChecking) {
        const { repo } = await newSubject();
        await store.roots.squash(repo, { branch: 'main', author: 'alice', message: 'squash' });
        await store.changes.remove(repo);
      }
    };
    const writers = [write(), write()];
    for (let run = 0; run < 3; run += 1) expect(await check(false, 'all')).toMatchObject({ problems: [] });
    isChecking = false;
    await Promise.all(writers);
  });

  it('recounts quotas, while files are committed', async () => {
    const { repo } = await newSubject();
    await sql('UPDATE usage_changes SET bytes = bytes + 1000');
    await sql('UPDATE namespace_contents SET uses = uses + 1');
    const miscounted = { check: 'quotas', kind: 'usage-miscounted', account: 'alice' };
    expect((await check(false)).problems).toEqual([expect.objectContaining({ ...miscounted, repair: 'available' })]);
    const [report] = await Promise.all([
      check(true),
      ...Array.from({ length: 5 }, (_, n) => store.commit(repo, { [`${n}.txt`]: `${n}` }).catch(() => undefined)),
    ]);
    expect(report).toMatchObject({ status: 'ok', problems: [{ ...miscounted, repair: 'done' }] });
    expect(report.problems[0]).toMatchObject({ advice: 'It was repaired. Nothing is left to do.' });
    expect(await check(false)).toMatchObject({ status: 'ok', problems: [] });
  });

  it('deletes rows of the index of changes that have no commit', async () => {
    const { repo } = await newSubject();
    await sql(`INSERT INTO entry_changes VALUES ($1, 'a.txt', 7, '${'2'.repeat(40)}')`, [repo.id]);
    expect((await check(false)).problems).toMatchObject([{ kind: 'stray-changes', repair: 'available' }]);
    expect((await check(true)).problems).toMatchObject([{ kind: 'stray-changes', repair: 'done' }]);
    expect((await check(false)).status).toBe('ok');
  });

  it('finds credentials of sources that the secret key does not decrypt', async () => {
    const insert = (name: string, cipher: TokenCipher) =>
      sql(
        `INSERT INTO fallback_sources (name, url, source_type, token_cipher) VALUES ($1, 'http://far', 'huggingface', $2)`,
        [name, cipher.encrypt('hf_secret', 'http://far')],
      );
    await insert('Known', new TokenCipher(new SecretKeys(config.secretKeys)));
    await insert('Lost', new TokenCipher(new SecretKeys(['another-secret-key'])));
    const { problems } = await check(true);
    expect(problems).toMatchObject([{ kind: 'credentials-unreadable', source: 'Lost' }]);
    expect(JSON.stringify(problems)).not.toContain('hf_secret');
    await sql('DELETE FROM fallback_sources');
  });

  it('finds a storage that another hub has marked', async () => {
    const mark = new FsOwnerMark(join(dataDir, 'blobs'));
    const before = (await mark.read())!;
    await mark.replace(JSON.stringify({ hub: 'another', database: 'another' }));
    expect((await check(true)).problems).toMatchObject([{ check: 'owner', kind: 'storage-foreign' }]);
    await mark.replace(before);
  });

  it('counts files that the database does not know, and keeps them', async () => {
    const { sha256: unknown } = await blobs.put(Readable.from([Buffer.from('unknown')]));
    const { status, notes } = await check(true);
    expect(status).toBe('ok');
    expect(notes.at(-1)).toMatch(/^The storage has 1 files that the database does not know\./);
    expect(await blobs.has(unknown)).toBe(true);
    expect(await sql('SELECT FROM contents WHERE sha256 = $1', [unknown])).toEqual([]);
  });

  it.each([
    ['accounts', `INSERT INTO sum_changes (key, amount) VALUES ('accounts:user', 3)`],
    ['the repositories of an account', `DELETE FROM sum_changes WHERE key LIKE 'repositories_of:%'`],
    ['an account that does not exist', `INSERT INTO sum_changes (key, amount) VALUES ('repositories_of:99999', 1)`],
    ['stored bytes', `UPDATE sum_changes SET amount = amount - 1 WHERE key = 'content_bytes'`],
  ])('corrects a wrong sum of %s, while files are committed', async (_, damage) => {
    const { repo } = await newSubject();
    await sql(damage);
    const wrong = { check: 'sums', kind: 'sum-miscounted' };
    expect((await check(false)).problems).toContainEqual(expect.objectContaining({ ...wrong, repair: 'available' }));
    const [report] = await Promise.all([
      check(true),
      ...Array.from({ length: 5 }, (_, n) => store.commit(repo, { [`${n}.txt`]: `${n}` }).catch(() => undefined)),
    ]);
    expect(report.problems).toContainEqual(expect.objectContaining({ ...wrong, repair: 'done' }));
    expect(await check(false)).toMatchObject({ status: 'ok', problems: [] });
  });

  it.each([
    ['is wrong', 'UPDATE repository_sizes SET bytes = 7 WHERE repository_id = $1'],
    ['is missing', 'DELETE FROM repository_sizes WHERE repository_id = $1'],
  ])('corrects the size of a repository that %s', async (_, damage) => {
    const { repo } = await newSubject();
    await sql(damage, [repo.id]);
    const wrong = { check: 'sums', kind: 'size-miscounted', repository: repoLabel(repo) };
    expect((await check(false)).problems).toEqual([expect.objectContaining({ ...wrong, repair: 'available' })]);
    expect((await check(true)).status).toBe('ok');
    expect(await check(false)).toMatchObject({ status: 'ok', problems: [] });
  });

  describe('cached files of sources', () => {
    /** Adds a cached file, complete or its first block only. */
    const hold = async (text: string, isComplete: boolean): Promise<PartialFile & { readonly sha256: string }> => {
      const [content, id, claims] = [Buffer.from(text), randomUUID(), new HeldBlockStore(store.database)];
      const file = { id, size: content.length, sha256: sha256(text) };
      const [etag, owner] = [file.sha256, randomUUID()];
      await sql('INSERT INTO held_contents (id, source_key, etag, size) VALUES ($1, $2, $3, $4)', [
        id,
        'up',
        etag,
        file.size,
      ]);
      await claims.claim({ id, owner }, blockBytesOf(file.size));
      await claims.reserve({ id, owner }, content.length, 1e9);
      const block = await blocks.begin(file, { index: 0, bytes: content.length });
      await block.write([content]);
      await block.end();
      await claims.add({ id, owner }, { index: 0, digest: etag });
      if (isComplete) {
        await claims.verified(id, etag, null);
        await blocks.publish(file, { sha256: etag, size: file.size });
        await claims.published(id);
      }
      await claims.release({ id, owner });
      return file;
    };
    const blobOf = (digest: string): string => join(dataDir, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest);
    const partOf = ({ id }: PartialFile): string => join(dataDir, 'blobs', 'held', id);

    it('finds nothing if all are stored', async () => {
      for (const isComplete of [true, false]) await hold(`intact ${isComplete}`, isComplete);
      expect(await check(false, 'all')).toMatchObject({
        status: 'ok',
        checks: expect.arrayContaining([expect.objectContaining({ name: 'cache', examined: 2 })]) as unknown,
        notes: expect.arrayContaining([
          'Read 1 complete files of the content cache (11 B) and compared them with their hashes.',
        ]) as unknown,
      });
    });

    it.each<[string, string, boolean, (file: PartialFile & { sha256: string }) => Promise<void>]>([
      ['a missing file', 'cached-file-missing', true, ({ sha256: digest }) => rm(blobOf(digest))],
      ['a shorter file', 'cached-file-missing', true, ({ sha256: digest }) => truncate(blobOf(digest), 3)],
      [
        'a changed file',
        'cached-file-damaged',
        true,
        ({ sha256: digest, size }) => writeFile(blobOf(digest), 'x'.repeat(size)),
      ],
      ['a missing part', 'cached-file-missing', false, (file) => rm(partOf(file))],
      ['an empty part', 'cached-file-missing', false, (file) => truncate(partOf(file), 0)],
      ['a changed part', 'cached-file-damaged', false, (file) => writeFile(partOf(file), 'x'.repeat(file.size))],
    ])('removes %s from the cache, so that it is downloaded again', async (name, kind, isComplete, damage) => {
      const file = await hold(`text of ${name}`, isComplete);
      await damage(file);
      expect((await check(false, 'all')).problems).toEqual([expect.objectContaining({ kind, repair: 'available' })]);
      expect((await check(true, 'all')).problems).toMatchObject([{ kind, repair: 'done' }]);
      expect(await check(false, 'all')).toMatchObject({ status: 'ok', problems: [] });
      expect(await blobs.has(file.sha256)).toBe(false);
      expect(await sql('SELECT index FROM held_blocks WHERE content_id = $1', [file.id])).toEqual([]);
    });

    it('corrects the counted use of the cache', async () => {
      await sql('UPDATE content_cache_usage SET bytes = bytes + 1000');
      expect((await check(true)).problems).toMatchObject([{ kind: 'cache-miscounted', repair: 'done' }]);
      expect((await check(false)).status).toBe('ok');
    });
  });
});
