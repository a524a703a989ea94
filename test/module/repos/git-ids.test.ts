import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { LocalStore } from '../../support/local-store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const FILES: Record<string, string> = {
  'README.md': '# Hello\n',
  empty: '',
  'a-b': 'sorts before the folder "a"',
  'a.b': 'sorts before it as well',
  'a/inside': 'x',
  a0: 'sorts after it',
  'deep/er/and deeper/file with # ? % +.txt': 'odd name',
  'unicode/\u00e9.txt': 'composed',
  'unicode/e\u0301.txt': 'decomposed',
  'unicode/😀': 'beyond the first plane',
  'unicode/ﬀ': 'sorts after it in UTF-16, before it in bytes',
};

/** The git program in a new bare repository, without system or user configuration. */
class Git {
  private constructor(private readonly folder: string) {}

  static async init(): Promise<Git> {
    const git = new Git(await temporaryFolder());
    git.run(['init', '--quiet', '--bare']);
    return git;
  }

  run(args: string[], input = '', env: Record<string, string> = {}): string {
    return execFileSync('git', args, {
      cwd: this.folder,
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: this.folder, GIT_CONFIG_NOSYSTEM: '1', ...env },
    }).trim();
  }

  blob(content: string): string {
    return this.run(['hash-object', '-w', '--stdin'], content);
  }

  /** The tree id that git computes for blobs by path. */
  tree(blobs: Record<string, string>): string {
    this.run(['read-tree', '--empty']);
    const lines = Object.entries(blobs).map(([path, oid]) => `100644 ${oid}\t${path}\0`);
    this.run(['update-index', '-z', '--index-info'], lines.join(''));
    return this.run(['write-tree']);
  }
}

describe('ids of the store are the same as in git', () => {
  let store: LocalStore;
  let repository: LocalRepo;
  let git: Git;
  let commit: string;
  let parent: string;
  const oids: Record<string, string> = {};

  beforeAll(async () => {
    git = await Git.init();
    store = await LocalStore.open({ databaseUrl: undefined, dataDir: await temporaryFolder() });
    repository = await store.repository({ type: 'dataset' });
    const large = 'large '.repeat(5000);
    const sha256 = createHash('sha256').update(large).digest('hex');
    await store.repositories.putLfsObject(repository, Readable.from([Buffer.from(large)]));
    await store.commit(repository, { 'deleted/soon': 'x' });
    const operations = Object.entries(FILES).map(([path, text]) => ({
      kind: 'file' as const,
      path,
      content: Buffer.from(text),
    }));
    commit = await store.commit(
      repository,
      {},
      {
        summary: 'Title – with a dash\nand a second line',
        description: 'Body\r\nof two lines\n',
        author: { name: 'Alice <Ä>', email: 'alice@example.org' },
        operations: [
          ...operations,
          { kind: 'lfsFile', path: 'deep/model.bin', sha256 },
          { kind: 'deletedFolder', path: 'deleted' },
        ],
      },
    );
    const { entries } = await store.repositories.commits(repository, ['main'], []);
    parent = entries[1]!.id;
    for (const [path, text] of Object.entries(FILES)) oids[path] = git.blob(text);
    const attributes = await store.repositories.file(repository, 'main', ['.gitattributes'], true);
    oids['.gitattributes'] = git.blob(await new Response(Readable.toWeb(attributes.open()) as never).text());
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${large.length}\n`;
    oids['deep/model.bin'] = git.blob(pointer);
  });
  afterAll(() => store.close());

  it('for blobs, pointers and trees', async () => {
    const { entries } = await store.repositories.tree(repository, ['main'], [['recursive', 'true']]);
    const files = entries.filter(({ type }) => type === 'file');
    expect(Object.fromEntries(files.map(({ path, oid }) => [path, oid]))).toEqual(oids);
    const root = git.tree(oids);
    const treeLines = git
      .run(['-c', 'core.quotePath=false', 'ls-tree', '-r', '-t', '-z', root])
      .split('\0')
      .filter(Boolean);
    const expected = treeLines.map((line) => [line.slice(line.indexOf('\t') + 1), line.split(/\s/)[2]]);
    expect(entries.map(({ path, oid }) => [path, oid])).toEqual(expected);
  });

  it('for commits', async () => {
    const { entries } = await store.repositories.commits(repository, ['main'], [['limit', '1']]);
    const date = `${Date.parse(entries[0]!.date) / 1000} +0000`;
    const identity = { NAME: 'Alice Ä', EMAIL: 'alice@example.org', DATE: date };
    const env = Object.entries(identity).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]);
    // commit-tree requires that the parent exists, so its line is inserted afterwards
    const tree = git.tree(oids);
    const withoutParent = git.run(
      ['commit-tree', tree, '-m', 'Title – with a dash', '-m', 'and a second line\n\nBody\nof two lines'],
      '',
      Object.fromEntries(env),
    );
    const body = git
      .run(['cat-file', 'commit', withoutParent])
      .replace(`tree ${tree}\n`, `tree ${tree}\nparent ${parent}\n`);
    expect(commit).toBe(git.run(['hash-object', '-t', 'commit', '--stdin', '--literally'], `${body}\n`));
  });
});
