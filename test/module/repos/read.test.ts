import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HubError } from '../../../src/domain/hub-error.js';
import type { QueryPairs } from '../../../src/domain/query.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const LARGE = 'weights '.repeat(1000);
const LARGE_SHA256 = createHash('sha256').update(LARGE).digest('hex');
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${LARGE_SHA256}\nsize 8000\n`;
const blobOid = (content: string): string =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex');

describeOnEveryDatabase.inFullRuns('reading the local store', (newDatabase) => {
  let store: LocalStore;
  let repository: LocalRepo;
  let first: string;
  let second: string;
  let third: string;

  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    repository = await store.repository({ name: 'Reader' });
    await store.repositories.putLfsObject(repository, Readable.from([Buffer.from(LARGE)]));
    first = await store.commit(
      repository,
      { 'a.txt': 'a', 'dir/b.txt': 'b', 'dir/sub/c.txt': 'c' },
      { summary: 'one' },
    );
    second = await store.commit(repository, { 'dir/sub/c.txt': 'changed' }, { summary: 'two', description: 'more' });
    const operations = [{ kind: 'lfsFile' as const, path: 'model.bin', sha256: LARGE_SHA256 }];
    third = await store.commit(repository, {}, { summary: 'three', operations });
    await store.repositories.createTag(repository, { name: 'v1', revision: first });
    await store.repositories.createTag(repository, { name: 'main', revision: first });
    await store.repositories.createBranch(repository, { name: 'feat/x', revision: second });
    await store.commit(repository, { 'only-here': 'x' }, { branch: 'feat/x', summary: 'side' });
  });
  afterAll(() => store.close());

  const branchHead = async (name: string): Promise<string> =>
    (await store.repositories.refs(repository, [])).branches.find((ref) => ref.name === name)!.targetCommit;
  const tree = (rest: string[], query: QueryPairs = []) => store.repositories.tree(repository, rest, query);

  describe('a revision', () => {
    it.each([
      ['main', () => third],
      ['HEAD', () => third],
      ['refs/heads/main', () => third],
      ['v1', () => first],
      ['refs/tags/main', () => first],
      ['a full id', () => second],
      ['a short id', () => second],
      ['an upper-case id', () => second],
      ['feat/x', () => branchHead('feat/x')],
    ])('can be %s', async (revision, expected) => {
      const ids: Record<string, string> = {
        'a full id': second,
        'a short id': second.slice(0, 7),
        'an upper-case id': second.toUpperCase(),
      };
      const { sha } = await store.repositories.revision(repository, [ids[revision] ?? revision], []);
      expect(sha).toBe(await expected());
    });

    it.each(['nope', 'deadbeef', 'abc', '0'.repeat(40), 'refs/heads/nope', 'feat'])(
      'does not exist: %s',
      async (revision) => {
        const outcomes = await Promise.allSettled([
          store.repositories.revision(repository, [revision], []),
          store.repositories.tree(repository, [revision], []),
          store.repositories.commits(repository, [revision], []),
          store.repositories.pathsInfo(repository, [revision], ['a.txt'], false),
          store.repositories.file(repository, revision, ['a.txt'], false),
        ]);
        const codes = outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as HubError).code);
        expect(codes).toEqual(Array(5).fill('RevisionNotFound'));
      },
    );

    it.each([
      [['feat/x'], ''],
      [['feat', 'x'], ''],
      [['feat', 'x', 'dir', 'sub'], 'dir/sub/c.txt'],
      [['refs', 'heads', 'feat', 'x', 'dir/sub'], 'dir/sub/c.txt'],
      [['v1', 'dir', 'sub'], 'dir/sub/c.txt'],
    ])('is separated from the path in %j', async (rest, onlyEntry) => {
      const paths = (await tree(rest)).entries.map(({ path }) => path);
      expect(paths).toEqual(onlyEntry ? [onlyEntry] : ['.gitattributes', 'a.txt', 'dir', 'only-here']);
    });
  });

  describe('a tree', () => {
    it('lists a folder with sizes, ids and LFS data', async () => {
      const { entries, nextCursor } = await tree(['main']);
      expect(nextCursor).toBeUndefined();
      expect(entries.slice(1)).toEqual([
        { type: 'file', oid: blobOid('a'), size: 1, path: 'a.txt' },
        { type: 'directory', oid: expect.stringMatching(/^[0-9a-f]{40}$/), size: 0, path: 'dir' },
        {
          type: 'file',
          oid: blobOid(POINTER),
          size: 8000,
          path: 'model.bin',
          lfs: { oid: LARGE_SHA256, size: 8000, pointerSize: POINTER.length },
        },
      ]);
    });

    it.each([['true'], ['True'], ['1']])('includes subfolders with recursive=%s', async (value) => {
      const { entries } = await tree(['main'], [['recursive', value]]);
      const paths = ['.gitattributes', 'a.txt', 'dir', 'dir/b.txt', 'dir/sub', 'dir/sub/c.txt', 'model.bin'];
      expect(entries.map(({ path }) => path)).toEqual(paths);
    });

    it.each([
      [[], 1],
      [['recursive', 'true'], 1],
      [['recursive', 'true'], 2],
      [['recursive', 'true'], 3],
    ])('is returned in pages (%j, %d each) without gaps', async (more, limit) => {
      const query = (more.length ? [more] : []) as unknown as QueryPairs;
      const complete = (await tree(['main'], query)).entries;
      const pages = [];
      let cursor: string | undefined = '';
      for (let turns = 0; cursor !== undefined && turns < 20; turns += 1) {
        const at: QueryPairs = cursor ? [['cursor', cursor]] : [];
        const page = await tree(['main'], [...query, ['limit', String(limit)], ...at]);
        expect(page.entries.length).toBeLessThanOrEqual(limit);
        pages.push(...page.entries);
        cursor = page.nextCursor;
      }
      expect(pages).toEqual(complete);
    });

    it('stays on one commit across pages while the branch moves', async () => {
      const moving = await store.repository();
      await store.commit(moving, { a: '1', b: '1', c: '1' });
      const page = await store.repositories.tree(moving, ['main'], [['limit', '2']]);
      await store.commit(moving, { b: null, c: '2' });
      const next: QueryPairs = [['cursor', page.nextCursor!]];
      const { entries } = await store.repositories.tree(moving, ['main'], next);
      expect(entries.map(({ path, oid }) => [path, oid])).toEqual([
        ['b', blobOid('1')],
        ['c', blobOid('1')],
      ]);
    });

    it.each(['x', Buffer.from('["a"]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
      'refuses the cursor %j',
      async (cursor) => {
        await expect(tree(['main'], [['cursor', cursor]])).rejects.toMatchObject({ code: 'BadRequest' });
      },
    );

    it('refuses a cursor of another repository', async () => {
      const secret = await store.repository({ private: true });
      await store.commit(secret, { a: '1', b: '2' });
      const { nextCursor } = await store.repositories.tree(secret, ['main'], [['limit', '1']]);
      await expect(tree(['main'], [['cursor', nextCursor!]])).rejects.toMatchObject({ code: 'RevisionNotFound' });
    });

    it.each([['missing'], ['a.txt'], ['dir', 'missing'], ['a.txt', 'below'], ['..']])(
      'has no folder %s',
      async (...path) => {
        const result = tree(['main', ...path]);
        await expect(result).rejects.toMatchObject({ code: 'EntryNotFound', facts: { commit: third } });
      },
    );

    it('includes the last commit of each entry with expand', async () => {
      const query: QueryPairs = [
        ['expand', 'true'],
        ['recursive', 'true'],
      ];
      const { entries } = await tree(['main'], query);
      expect(entries.map(({ path, lastCommit }) => [path, lastCommit?.title])).toEqual([
        ['.gitattributes', 'initial commit'],
        ['a.txt', 'one'],
        ['dir', 'two'],
        ['dir/b.txt', 'one'],
        ['dir/sub', 'two'],
        ['dir/sub/c.txt', 'two'],
        ['model.bin', 'three'],
      ]);
      expect(entries[1]).toMatchObject({ lastCommit: { id: first }, securityFileStatus: null });
      const before = await tree(['v1', 'dir', 'sub'], query);
      expect(before.entries[0]?.lastCommit).toEqual({
        id: first,
        title: 'one',
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      });
    });
  });

  it('paths-info returns the paths that exist', async () => {
    const paths = ['a.txt', 'dir', 'dir/sub/', 'missing', '', '/', 'a.txt', 'model.bin'];
    const entries = await store.repositories.pathsInfo(repository, ['main'], paths, true);
    expect(entries.map(({ path, type }) => [path, type])).toEqual([
      ['a.txt', 'file'],
      ['dir', 'directory'],
      ['dir/sub', 'directory'],
      ['model.bin', 'file'],
    ]);
    expect(entries[3]).toMatchObject({ lfs: { oid: LARGE_SHA256 }, lastCommit: { id: third } });
    expect(await store.repositories.pathsInfo(repository, ['feat', 'x'], ['model.bin'], false)).toEqual([]);
  });

  it('refs are grouped by kind', async () => {
    const refs = await store.repositories.refs(repository, []);
    expect(refs).toEqual({
      branches: [
        { name: 'feat/x', ref: 'refs/heads/feat/x', targetCommit: await branchHead('feat/x') },
        { name: 'main', ref: 'refs/heads/main', targetCommit: third },
      ],
      converts: [],
      tags: [
        { name: 'main', ref: 'refs/tags/main', targetCommit: first },
        { name: 'v1', ref: 'refs/tags/v1', targetCommit: first },
      ],
    });
    expect(await store.repositories.refs(repository, [['include_prs', '1']])).toMatchObject({ pullRequests: [] });
  });

  describe('the history', () => {
    it('is sorted newest first', async () => {
      const { entries, total, nextPage } = await store.repositories.commits(repository, ['main'], []);
      expect(entries.map(({ title, message }) => [title, message])).toEqual([
        ['three', ''],
        ['two', 'more'],
        ['one', ''],
        ['initial commit', ''],
      ]);
      expect([total, nextPage]).toEqual([4, undefined]);
      expect(entries[0]).toMatchObject({ id: third, authors: [{ user: 'alice' }] });
    });

    it.each([
      ['0', ['three', 'two', 'one'], 1],
      ['1', ['initial commit'], undefined],
      ['2', [], undefined],
    ])('has page %s of three commits each', async (p, titles, nextPage) => {
      const query: QueryPairs = [
        ['limit', '3'],
        ['p', p],
      ];
      const page = await store.repositories.commits(repository, ['main'], query);
      expect(page.entries.map(({ title }) => title)).toEqual(titles);
      expect(page.nextPage).toBe(nextPage);
    });

    it('excludes commits of other branches', async () => {
      const { entries, total } = await store.repositories.commits(repository, ['feat', 'x'], []);
      expect(entries.map(({ title }) => title)).toEqual(['side', 'two', 'one', 'initial commit']);
      expect(total).toBe(4);
    });
  });

  describe('info', () => {
    it('is complete', async () => {
      expect(await store.repositories.info(repository, [])).toEqual({
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        id: 'alice/Reader',
        modelId: 'alice/Reader',
        author: 'alice',
        sha: third,
        lastModified: expect.stringMatching(/\.000Z$/),
        createdAt: expect.stringMatching(/\.\d{3}Z$/),
        private: false,
        disabled: false,
        gated: false,
        downloads: 0,
        likes: 0,
        tags: [],
        siblings: ['.gitattributes', 'a.txt', 'dir/b.txt', 'dir/sub/c.txt', 'model.bin'].map((rfilename) => ({
          rfilename,
        })),
      });
    });

    it('includes sizes and ids with blobs=true', async () => {
      const { siblings } = await store.repositories.revision(repository, ['main'], [['blobs', 'true']]);
      expect(siblings?.[1]).toEqual({ rfilename: 'a.txt', size: 1, blobId: blobOid('a') });
      expect(siblings?.[4]).toEqual({
        rfilename: 'model.bin',
        size: 8000,
        blobId: blobOid(POINTER),
        lfs: { sha256: LARGE_SHA256, size: 8000, pointerSize: POINTER.length },
      });
    });

    it.each([
      [[['expand', 'likes']], ['_id', 'id', 'likes']],
      [[['expand[]', 'likes']], ['_id', 'id', 'likes']],
      [[['expand', 'likes,sha']], ['_id', 'id', 'likes', 'sha']],
      [[['expand', 'xetEnabled']], ['_id', 'id', 'xetEnabled']],
    ])('includes the fields selected with %j', async (query, keys) => {
      const info = await store.repositories.info(repository, query as unknown as QueryPairs);
      expect(Object.keys(info).sort()).toEqual(keys);
    });

    it('rejects unknown fields to include', async () => {
      const query: QueryPairs = [
        ['expand', 'siblings'],
        ['expand', 'unknownField'],
      ];
      await expect(store.repositories.info(repository, query)).rejects.toThrow(
        '"unknownField" is not a field of models',
      );
    });

    it('describes the requested revision', async () => {
      const { sha, siblings } = await store.repositories.revision(repository, ['v1'], []);
      expect(sha).toBe(first);
      expect(siblings).toHaveLength(4);
    });
  });

  describe('a file', () => {
    it('can be read fully and in parts', async () => {
      const file = await store.repositories.file(repository, 'v1', ['dir', 'sub', 'c.txt'], false);
      expect(file).toMatchObject({
        commit: first,
        etag: blobOid('c'),
        size: 1,
        contentType: expect.stringMatching(/^text/),
      });
      expect(file.lfs).toBeUndefined();
      expect(await text(file.open())).toBe('c');
      const changed = await store.repositories.file(repository, 'main', ['dir', 'sub', 'c.txt'], false);
      expect(await text(changed.open({ start: 1, end: 3 }))).toBe('han');
    });

    it('is an LFS pointer if it is large and requested raw', async () => {
      const file = await store.repositories.file(repository, 'main', ['model.bin'], true);
      expect(file).toMatchObject({ etag: blobOid(POINTER), size: POINTER.length });
      expect(file.lfs).toBeUndefined();
      expect(await text(file.open())).toBe(POINTER);
      expect(await text(file.open({ start: 0, end: 6 }))).toBe('version');
    });

    it.each([['missing'], ['dir'], ['a.txt/x'], ['A.TXT']])(
      'does not exist at %s, and the error has the commit',
      async (path) => {
        const result = store.repositories.file(repository, 'main', path.split('/'), false);
        await expect(result).rejects.toMatchObject({ code: 'EntryNotFound', facts: { commit: third } });
      },
    );
  });

  describe('a private repository', () => {
    it('is visible to its owner and members, and looks missing to others', async () => {
      await store.accounts.createUser({ name: 'mallory' });
      await store.accounts.createOrganization({ name: 'acme' });
      await store.accounts.addMember('acme', 'alice', 'read');
      const callerOf = async (name: string) => ({
        name,
        accountId: String((await store.accounts.find(name))!.id),
        role: 'read' as const,
      });
      const [alice, mallory] = [await callerOf('alice'), await callerOf('mallory')];
      const own = { type: 'model', namespace: 'alice', name: 'own' } as const;
      const shared = { type: 'model', namespace: 'acme', name: 'shared' } as const;
      await store.repository({ ...own, private: true });
      await store.repositories.createRepository({ repo: shared, ownerName: 'acme', private: true });
      for (const repo of [own, shared]) {
        expect(await store.find(repo, alice)).toMatchObject({ repo, private: true });
        for (const caller of [mallory, {}]) {
          await expect(store.find(repo, caller)).rejects.toMatchObject({
            code: 'RepoNotFound',
            message: 'Repository not found',
            facts: {},
          });
        }
      }
      expect(await store.find({ ...own, name: 'missing' }, alice)).toBeUndefined();
    });
  });

  it.each([
    ['branch', 'feat', 'Conflict'],
    ['branch', 'feat/x/y', 'Conflict'],
    ['branch', 'main', 'Conflict'],
    ['tag', 'v1', 'Conflict'],
    ['tag', 'HEAD', 'BadRequest'],
    ['branch', 'refs/heads/x', 'BadRequest'],
    ['branch', 'a..b', 'BadRequest'],
    ['tag', 'f'.repeat(40), 'BadRequest'],
  ])('refuses to create the %s %s', async (kind, name, code) => {
    const created =
      kind === 'tag'
        ? store.repositories.createTag(repository, { name })
        : store.repositories.createBranch(repository, { name });
    await expect(created).rejects.toMatchObject({ code });
  });
});
