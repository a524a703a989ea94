import { describe, expect, it } from '@jest/globals';
import { applyCommit, type AppliedCommit } from '../../../../src/repos/store/apply-commit.js';
import type { TreeOperation } from '../../../../src/repos/store/commit-plan.js';
import { decodeTree, isFolder } from '../../../../src/repos/store/git-objects.js';
import { EMPTY_TREE, GitTree } from '../../../../src/repos/store/git-tree.js';
import { walkTree } from '../../../../src/repos/store/walk-tree.js';

const oid = (letter: string): string => letter.repeat(40);
const put = (path: string, letter = 'a'): TreeOperation => ({ kind: 'put', path, oid: oid(letter) });
const file = (path: string): TreeOperation => ({ kind: 'deletedFile', path });
const folder = (path: string): TreeOperation => ({ kind: 'deletedFolder', path });

/** A store of trees in memory. */
class Trees {
  private readonly bodies = new Map<string, Buffer>();
  readonly loaded: string[] = [];

  readonly load = (treeOid: string): Promise<GitTree> => {
    this.loaded.push(treeOid);
    const body = this.bodies.get(treeOid);
    return Promise.resolve(body ? new GitTree(decodeTree(body)) : EMPTY_TREE);
  };

  async apply(rootOid: string, operations: readonly TreeOperation[]): Promise<AppliedCommit> {
    const applied = await applyCommit(this.load, rootOid, operations);
    for (const [treeOid, body] of applied.trees) this.bodies.set(treeOid, body);
    return applied;
  }

  async paths(rootOid: string): Promise<string[]> {
    const paths = [];
    for await (const found of walkTree(this.load, rootOid, { at: '', recursive: true })) {
      if (!isFolder(found.entry)) paths.push(`${found.path}=${found.entry.oid[0]}`);
    }
    return paths;
  }
}

const entry = (path: string): TreeOperation => ({ kind: 'deletedEntry', path });

const BEFORE = [put('a'), put('d/x'), put('d/y'), put('d/e/z')];

describe('a commit makes of the tree', () => {
  it.each<[string, TreeOperation[], string[], string[]]>([
    ['an added file', [put('b', 'b')], ['a=a', 'b=b', 'd/e/z=a', 'd/x=a', 'd/y=a'], ['b']],
    ['a replaced file', [put('d/x', 'b')], ['a=a', 'd/e/z=a', 'd/x=b', 'd/y=a'], ['d/x', 'd']],
    ['the same file again', [put('d/x')], ['a=a', 'd/e/z=a', 'd/x=a', 'd/y=a'], []],
    ['a deleted file', [file('d/x')], ['a=a', 'd/e/z=a', 'd/y=a'], ['d']],
    ['the last file of a folder deleted', [file('d/e/z')], ['a=a', 'd/x=a', 'd/y=a'], ['d']],
    ['a deleted folder', [folder('d')], ['a=a'], []],
    ['a deleted folder with a slash', [folder('d/')], ['a=a'], []],
    ['a deleted entry that is a folder', [entry('d/')], ['a=a'], []],
    ['a deleted entry that is a file', [entry('a')], ['d/e/z=a', 'd/x=a', 'd/y=a'], []],
    ['a folder emptied and filled anew', [put('d/n', '7'), folder('d')], ['a=a', 'd/n=7'], ['d/n', 'd']],
    ['a file in place of a folder', [folder('d'), put('d', 'f')], ['a=a', 'd=f'], ['d']],
    [
      'a file in place of the files of a folder',
      [file('d/e/z'), put('d/e', 'f')],
      ['a=a', 'd/e=f', 'd/x=a', 'd/y=a'],
      ['d/e', 'd'],
    ],
    ['a folder in place of a file', [put('a/n', '7'), file('a')], ['a/n=7', 'd/e/z=a', 'd/x=a', 'd/y=a'], ['a/n', 'a']],
    ['two words on one path', [put('b', '1'), put('b', '2')], ['a=a', 'b=2', 'd/e/z=a', 'd/x=a', 'd/y=a'], ['b']],
    ['nothing at all', [], ['a=a', 'd/e/z=a', 'd/x=a', 'd/y=a'], []],
  ])('%s', async (_case, operations, paths, changed) => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', BEFORE);
    const after = await trees.apply(treeOid, operations);
    expect(await trees.paths(after.treeOid)).toEqual(paths);
    expect(after.changed).toEqual(changed);
  });

  it("git's own empty tree when everything is deleted", async () => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', [put('a')]);
    expect((await trees.apply(treeOid, [file('a')])).treeOid).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  });

  it('what it was, without touching folders that no operation names', async () => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', [...BEFORE, put('far/away')]);
    trees.loaded.length = 0;
    await trees.apply(treeOid, [put('d/x', 'b')]);
    expect(trees.loaded).toHaveLength(2);
  });

  it.each<[string, TreeOperation[], string]>([
    ['a missing file to delete', [file('b')], 'EntryNotFound'],
    ['a folder to delete as a file', [file('d')], 'EntryNotFound'],
    ['a file to delete as a folder', [folder('a')], 'EntryNotFound'],
    ['a missing entry to delete', [entry('q')], 'EntryNotFound'],
    ['a missing folder to delete', [folder('q/r')], 'EntryNotFound'],
    ['a file where a folder is', [put('d')], 'BadRequest'],
    ['a file below a file', [put('a/b')], 'BadRequest'],
    ['a file and one below it', [put('n'), put('n/m')], 'BadRequest'],
    ['the root to delete', [folder('/')], 'BadRequest'],
    ['a path that climbs', [put('d/../../x')], 'BadRequest'],
  ])('nothing, for %s', async (_case, operations, code) => {
    const trees = new Trees();
    const { treeOid } = await trees.apply('', BEFORE);
    await expect(trees.apply(treeOid, operations)).rejects.toMatchObject({ code });
  });
});
