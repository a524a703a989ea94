import { text } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import ignore, { type Ignore } from 'ignore';
import { GitAttributes, type AttributesFile } from './git-attributes.js';
import { isFolder } from '../store/git-objects.js';
import { findEntry } from '../store/git-tree.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { ObjectStore } from '../store/object.store.js';

/** A longer file of patterns is no file of patterns: each is compared with each path. */
const LONGEST_RULES = 65_536;

/** What a repository says about files that are not there yet: its `.gitattributes` and `.gitignore`. */
@Injectable()
export class FileRules {
  constructor(
    private readonly objects: ObjectStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * The attributes that hold for these paths: those of the root and of each folder on the way.
   * @param root counts instead of the root's own file
   */
  async attributes(commit: CommitEntity, paths: readonly string[], root: string | undefined): Promise<GitAttributes> {
    const files: AttributesFile[] = root === undefined ? [] : [{ folder: '', text: root }];
    for (const folder of foldersAbove(paths)) {
      if (folder === '' && root !== undefined) continue;
      const found = await this.read(commit, folder === '' ? '.gitattributes' : `${folder}/.gitattributes`);
      if (found !== undefined) files.push({ folder, text: found });
    }
    return new GitAttributes(files);
  }

  /** @param given counts instead of the repository's own `.gitignore`, which is looked for in the root alone, as by clients */
  async ignored(commit: CommitEntity, given: string | undefined): Promise<Ignore> {
    return ignore({ ignorecase: false }).add(given ?? (await this.read(commit, '.gitignore')) ?? '');
  }

  private async read({ repositoryId, treeOid }: CommitEntity, path: string): Promise<string | undefined> {
    const entry = await findEntry((oid) => this.objects.tree(repositoryId, oid), treeOid, path.split('/'));
    if (!entry || isFolder(entry)) return undefined;
    const { sha256, size, lfs } = await this.objects.blob(repositoryId, entry.oid);
    return lfs || size > LONGEST_RULES ? undefined : text(this.blobs.open(sha256));
  }
}

/** Every folder that one of the paths is in, the root among them. */
function foldersAbove(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set(['']);
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break; // and so are those above it
      folders.add(folder);
    }
  }
  return folders;
}
