import { describe, expect, it } from '@jest/globals';
import { applyCommit, type AppliedCommit } from '../../../../src/repos/store/apply-commit.js';
import type { TreeOperation } from '../../../../src/repos/store/commit-plan.js';
import { decodeTree, isFolder } from '../../../../src/repos/store/git-objects.js';
import { GitTree } from '../../../../src/repos/store/git-tree.js';
import { walkTree, WHOLE_TREE } from '../../../../src/repos/store/walk-tree.js';

const oid = (letter: string): string => letter.repeat(40);
const put = (path: string, letter = 'a'): TreeOperation => ({ kind: 'put', path, oid: oid(letter) });
const deletedFile = (path: string): TreeOperation => ({ kind: 'deletedFile', path });
const deletedFolder = (path: string): TreeOperation => ({ kind: 'deletedFolder', path });

/** A store of trees in memory. */
class Trees {
  private readonly bodies = new Map<string, Buffer>();
  readonly loaded: string[] = [];

  readonly load = (oids: readonly string[]): Promise<ReadonlyMap<string, GitTree>> => {
    this.loaded.push(...oids);
    const tree = (oid: string): GitTree => new GitTree([...decodeTree(this.bodies.get(oid) ?? Buffer.alloc(0))]);
    return Promise.resolve(new Map(oids.map((oid) => [oid, tree(oid)])));
  };

  async apply(rootOid: string, operations: readonly TreeOperation[]): Promise<AppliedCommit> {
    const applied = await applyCommit(this.load, rootOid, operations);
    for (const [treeOid, body] of applied.trees) this.bodies.set(treeOid, body);
    return applied;
  }

  async paths(rootOid: string): Promise<string[]> {
    const paths = [];
    for await (const { path, entry } of walkTree(this.load, rootOid, WHOLE_TREE)) {
      if (!isFolder(entry)) paths.push(`${path}=${entry.oid[0]}`);
    }
    return paths;
  }
}

const deletedEntry = (path: string): TreeOperation => ({ kind: 'deletedEntry', path });

const BEFORE = [put('a'), put('d/x'), put('d/y'), put('d/e/z')];

describe('applyCommit', () => {
  it.each<[string, TreeOperation[], string[], string[]]>([
    ['adds a file', [put('b', 'b')], ['a=a', 'b=b', 'd/e/z=a', 'd/x=a', 'd/y=a'], ['b']],
    ['replaces a file', [put('d/x', 'b')], ['a=a', 'd/e/z=a', 'd/x=b', 'd/y=a'], ['d/x', 'd']],
    ['ignores an unchanged file', [put('d/x')], ['a=a', 'd/e/z=a', 'd/x=a', 'd/y=a'], []],
    ['deletes a file', [deletedFile('d/x')], ['a=a', 'd/e/z=a', 'd/y=a'], ['d']],
    ['deletes a folder with its last file', [deletedFile('d/e/z')], ['a=a', 'd/x=a', 'd/y=a'], ['d']],
    ['deletes a folder', [deletedFolder('d')], ['a=a'], []],
    ['deletes a folder with a trailing slash', [deletedFolder('d/')], ['a=a'], []],
    ['deletes an entry that is a folder', [deletedEntry('d/')], ['a=a'], []],
    ['deletes an entry that is a file', [deletedEntry('a')], ['d/e/z=a', 'd/x=a', 'd/y=a'], []],
    ['replaces the content of a folder', [put('d/n', '7'), deletedFolder('d')], ['a=a', 'd/n=7'], ['d/n', 'd']],
    ['replaces a folder with a file', [deletedFolder('d'), put('d', 'f')], ['a=a', 'd=f'], ['d']],
    [
      'replaces the files of a folder with a file',
      [deletedFile('d/e/z'), put('d/e', 'f')],
      ['a=a', 'd/e=f', 'd/x=a', 'd/y=a'],
      ['d/e', 'd'],
    ],
    [
      'replaces a file with a folder',
      [put('a/n', '7'), deletedFile('a')],
      ['a/n=7', 'd/e/z=a', 'd/x=a', 'd/y=a'],
      ['a/n', 'a'],
    ],
    [
      'uses the last operation of a path',
      [put('b', '1'), put('b', '2')],
      ['a=a', 'b=2', 'd/e/z=a', 'd/x=a', 'd/y=a'],
      ['b'],
    ],
    ['accepts no operations', [], ['a=a', 'd/e/z=a', 'd/x=a', 'd/y=a'], []],
  ])('%s', async (_case, operations, paths, changed) => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', BEFORE);
    const after = await trees.apply(treeOid, operations);
    expect(await trees.paths(after.treeOid)).toEqual(paths);
    expect(after.changed).toEqual(changed);
  });

  it('returns the empty tree of git if everything is deleted', async () => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', [put('a')]);
    expect((await trees.apply(treeOid, [deletedFile('a')])).treeOid).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  });

  it('loads only the folders that an operation changes', async () => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', [...BEFORE, put('other/file')]);
    trees.loaded.length = 0;
    await trees.apply(treeOid, [put('d/x', 'b')]);
    expect(trees.loaded).toHaveLength(2);
  });

  it.each<[string, TreeOperation[], string]>([
    ['deleting a missing file', [deletedFile('b')], 'EntryNotFound'],
    ['deleting a folder as a file', [deletedFile('d')], 'EntryNotFound'],
    ['deleting a file as a folder', [deletedFolder('a')], 'EntryNotFound'],
    ['deleting a missing entry', [deletedEntry('q')], 'EntryNotFound'],
    ['deleting a missing folder', [deletedFolder('q/r')], 'EntryNotFound'],
    ['a file with the path of a folder', [put('d')], 'BadRequest'],
    ['a file below a file', [put('a/b')], 'BadRequest'],
    ['a file and another below it', [put('n'), put('n/m')], 'BadRequest'],
    ['deleting the root', [deletedFolder('/')], 'BadRequest'],
    ['a path with parent directories', [put('d/../../x')], 'BadRequest'],
  ])('rejects %s', async (_case, operations, code) => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', BEFORE);
    await expect(trees.apply(treeOid, operations)).rejects.toMatchObject({ code });
  });
});
