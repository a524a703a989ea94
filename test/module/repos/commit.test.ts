import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommitInput, CommitOperation } from '../../../src/repos/store/commit-input.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

describeOnEveryDatabase('commits', (newDatabase) => {
  let store: LocalStore;
  let repository: LocalRepo;

  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
  });
  afterAll(() => store.close());

  const paths = async (): Promise<string[]> => {
    const { entries } = await store.repositories.tree(repository, ['main'], [['recursive', 'true']]);
    return entries.filter(({ type }) => type === 'file').map(({ path }) => path);
  };
  const head = async (): Promise<string> => (await store.repositories.refs(repository, [])).branches[0]!.targetCommit;

  describe('a new repository', () => {
    it('has an initial commit and is found ignoring case', async () => {
      repository = await store.repository({ name: 'NewModel' });
      const sameRepo = await store.find({ type: 'model', namespace: 'ALICE', name: 'newMODEL' });
      expect(sameRepo).toEqual({ ...repository, callerMayWrite: expect.any(Function) });
      expect(sameRepo?.repo).toEqual({ type: 'model', namespace: 'alice', name: 'NewModel' });
      expect(await paths()).toEqual(['.gitattributes']);
    });

    it.each([
      ['with an existing name', { name: 'NEWMODEL' }, 'Conflict'],
      ['with an invalid name', { name: 'a..b' }, 'BadRequest'],
      ['with a reserved URL segment as name', { name: 'resolve' }, 'BadRequest'],
      ['in another namespace', { namespace: 'bob' }, 'BadRequest'],
    ])('%s is refused', async (_case, options, code) => {
      await expect(store.repository(options)).rejects.toMatchObject({ code });
    });

    it('requires an existing owner', async () => {
      const repo = { type: 'model', namespace: 'ghost', name: 'm' } as const;
      const created = store.repositories.createRepository({ repo, ownerName: 'ghost', private: false });
      await expect(created).rejects.toMatchObject({ code: 'NotFound' });
    });

    it('can have the name of a repository of another type, and a name without a namespace', async () => {
      await store.repository({ name: 'NewModel', type: 'dataset' });
      const gpt2 = await store.repository({ namespace: '', name: 'gpt2' });
      expect(await store.find({ type: 'model', namespace: '', name: 'GPT2' })).toEqual({
        ...gpt2,
        callerMayWrite: expect.any(Function),
      });
      expect(gpt2.author).toBe('alice');
    });
  });

  describe('to a branch', () => {
    beforeAll(async () => {
      repository = await store.repository();
    });

    it('adds, replaces and deletes in one step', async () => {
      await store.commit(repository, { 'a.txt': 'one', 'dir/b.txt': 'two', 'dir/c.txt': 'three' });
      await store.commit(repository, { 'a.txt': 'new', 'dir/b.txt': null, 'dir/d.txt': 'four' });
      expect(await paths()).toEqual(['.gitattributes', 'a.txt', 'dir/c.txt', 'dir/d.txt']);
      const file = await store.repositories.file(repository, 'main', ['a.txt'], false);
      expect(await text(file.open())).toBe('new');
    });

    it('accepts spooled content and a stream of operations', async () => {
      let isOpen = true;
      async function* changes(): AsyncGenerator<CommitOperation> {
        const open = async function* (): AsyncGenerator<Buffer> {
          if (!isOpen) throw new Error('the spool is closed');
          yield* [Buffer.from('spoo'), Buffer.from('led')];
        };
        const content = { sha256: sha256('spooled'), size: 7, open };
        yield { kind: 'file', path: 'spooled.txt', content };
        isOpen = false;
        yield { kind: 'file', path: 'small.txt', content: Buffer.from('small') };
      }
      await store.commit(repository, {}, { operations: changes() });
      const file = await store.repositories.file(repository, 'main', ['spooled.txt'], false);
      expect(await text(file.open())).toBe('spooled');
      expect(file.etag).toBe(createHash('sha1').update('blob 7\0spooled').digest('hex'));
      expect(await paths()).toContain('small.txt');
    });

    it('changes nothing if the stream of operations fails', async () => {
      const before = await head();
      async function* changes(): AsyncGenerator<CommitOperation> {
        yield { kind: 'file', path: 'half.txt', content: Buffer.from('half') };
        throw new Error('the client hung up');
      }
      await expect(store.commit(repository, {}, { operations: changes() })).rejects.toThrow('the client hung up');
      expect(await head()).toBe(before);
    });

    it('deletes an entry, whether it is a file or a folder', async () => {
      await store.commit(repository, { 'e/1': '1', f: '2' });
      await store.commit(repository, {}, { operations: ['e', 'f'].map((path) => ({ kind: 'deletedEntry', path })) });
      expect((await paths()).filter((path) => /^[ef]/.test(path))).toEqual([]);
    });

    it('deletes a folder with and without its slash', async () => {
      await store.commit(repository, { 'x/1': '1', 'x/y/2': '2', 'z/3': '3' });
      await store.commit(repository, {}, { operations: ['x/', 'z'].map((path) => ({ kind: 'deletedFolder', path })) });
      expect((await paths()).filter((path) => /^[xz]/.test(path))).toEqual([]);
    });

    it('creates no commit if nothing changes', async () => {
      const before = await head();
      expect(await store.commit(repository, { 'a.txt': 'new' })).toBe(before);
      expect(await head()).toBe(before);
    });

    it('requires that parentCommit is the head of the branch', async () => {
      const parentCommit = await head();
      const next = await store.commit(repository, { p: '1' }, { parentCommit });
      expect(await head()).toBe(next);
      const stale = store.commit(repository, { p: '2' }, { parentCommit });
      await expect(stale).rejects.toMatchObject({ code: 'PreconditionFailed' });
      expect(await head()).toBe(next);
    });

    it('returns the existing commit for a repeated request', async () => {
      const parentCommit = await store.commit(repository, { old: 'x', other: 'y' });
      const removal = {
        operations: [{ kind: 'deletedFile', path: 'old' }],
        summary: 'remove',
        description: 'it',
      } as const;
      const commitId = await store.commit(repository, {}, removal);
      expect(await store.commit(repository, {}, removal)).toBe(commitId);
      expect(await store.commit(repository, {}, { ...removal, parentCommit })).toBe(commitId);

      const others: Partial<CommitInput>[] = [
        { summary: 'different text' },
        { description: 'different text' },
        { author: { name: 'bob' } },
      ];
      for (const other of others) {
        const repeated = store.commit(repository, {}, { ...removal, ...other });
        await expect(repeated).rejects.toMatchObject({ code: 'EntryNotFound' });
      }
      const elsewhere = { ...removal, operations: [{ kind: 'deletedFile', path: 'other' }] as const, parentCommit };
      await expect(store.commit(repository, {}, elsewhere)).rejects.toMatchObject({
        code: 'PreconditionFailed',
        message: 'The branch was updated since you opened this page. Please refresh and try again.',
      });
      expect(await head()).toBe(commitId);
    });

    it.each([
      ['to a missing branch', { f: 'x' }, { branch: 'nope' }, 'RevisionNotFound'],
      ['that deletes a missing file', { 'no/such': null }, {}, 'EntryNotFound'],
      ['with a path outside the repository', { '../f': 'x' }, {}, 'BadRequest'],
      ['below a file', { 'a.txt/f': 'x' }, {}, 'BadRequest'],
      ['without a summary', { f: 'x' }, { summary: ' \n' }, 'BadRequest'],
    ])('refuses a commit %s, and changes nothing', async (_case, files, more, code) => {
      const before = await head();
      await expect(store.commit(repository, files, more)).rejects.toMatchObject({ code });
      expect(await head()).toBe(before);
    });
  });

  describe('large files', () => {
    const content = 'weights '.repeat(1000);
    const lfs = (more: object = {}) => ({
      operations: [{ kind: 'lfsFile' as const, path: 'model.bin', sha256: sha256(content), ...more }],
    });

    it('can be committed after their upload to the same repository', async () => {
      const [here, there] = [await store.repository(), await store.repository()];
      const upload = Readable.from([Buffer.from(content)]);
      await store.repositories.putLfsObject(here, upload, sha256(content));
      await store.commit(here, {}, lfs({ size: content.length }));
      const file = await store.repositories.file(here, 'main', ['model.bin'], false);
      expect(await text(file.open({ start: 0, end: 6 }))).toBe('weights');
      expect(file).toMatchObject({ etag: sha256(content), size: 8000, lfs: { sha256: sha256(content), size: 8000 } });

      await expect(store.commit(here, {}, lfs({ size: 1 }))).rejects.toMatchObject({ code: 'BadRequest' });
      await expect(store.commit(there, {}, lfs())).rejects.toMatchObject({ code: 'BadRequest' });
    });

    it('replace their pointer that was committed as text', async () => {
      const here = await store.repository();
      const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize 8000\n`;
      const before = await store.commit(here, { 'model.bin': pointer });
      const asText = await store.repositories.file(here, 'main', ['model.bin'], false);
      expect(await text(asText.open())).toBe(pointer);
      await store.repositories.putLfsObject(here, Readable.from([Buffer.from(content)]));
      expect(await store.commit(here, {}, lfs())).toBe(before);
      const file = await store.repositories.file(here, 'main', ['model.bin'], false);
      expect(await text(file.open())).toBe(content);
    });

    it('are refused if their content has a different SHA-256', async () => {
      const here = await store.repository();
      const upload = store.repositories.putLfsObject(here, Readable.from([Buffer.from('else')]), sha256(content));
      await expect(upload).rejects.toMatchObject({ code: 'BadRequest' });
      await expect(store.commit(here, {}, lfs())).rejects.toMatchObject({ code: 'BadRequest' });
    });
  });

  describe('50 concurrent commits', () => {
    it('all succeed and form a linear history', async () => {
      repository = await store.repository();
      const names = Array.from({ length: 50 }, (_, index) => `file-${index}`);
      await Promise.all(names.map((name) => store.commit(repository, { [name]: name })));
      expect((await paths()).filter((path) => path.startsWith('file-')).sort()).toEqual([...names].sort());
      const { total, entries } = await store.repositories.commits(repository, ['main'], [['limit', '100']]);
      expect([total, new Set(entries.map(({ id }) => id)).size]).toEqual([51, 51]);
    });
  });
});
