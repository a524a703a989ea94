import { text as readText } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { GitAttributes, type AttributesFile } from './git-attributes.js';
import { GitIgnore } from './git-ignore.js';
import { isFolder } from '../store/git-objects.js';
import { findEntry } from '../store/git-tree.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { ObjectStore } from '../store/object.store.js';

/** Longer files are ignored, because every pattern is compared with every path. */
export const MAX_RULES_BYTES = 65_536;
/** Length of all attribute files that apply to one request, in characters. */
const MAX_TOTAL_LENGTH = 1024 * 1024;

/** Evaluates a repository's `.gitattributes` and `.gitignore` for files that are about to be uploaded. */
@Injectable()
export class FileRules {
  constructor(
    private readonly objects: ObjectStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * Reads the attributes that apply to these paths: the files of the root folder and of every folder above a path.
   *
   * @param changed - replaces the files of these folders; `undefined` if the folder's file is deleted
   * @throws HubError `BadRequest` if the files are too long in total
   */
  async attributes(
    commit: CommitEntity,
    paths: readonly string[],
    changed: ReadonlyMap<string, string | undefined>,
  ): Promise<GitAttributes> {
    const files: AttributesFile[] = [];
    let totalLength = 0;
    for (const folder of foldersAbove(paths)) {
      const path = folder === '' ? '.gitattributes' : `${folder}/.gitattributes`;
      const text = changed.has(folder) ? changed.get(folder) : await this.read(commit, path);
      if (text !== undefined) files.push({ folder, text });
      totalLength += text?.length ?? 0;
      if (totalLength > MAX_TOTAL_LENGTH)
        throw new HubError('BadRequest', 'The .gitattributes files of these folders have more than 1 MiB in total.');
    }
    return new GitAttributes(files);
  }

  /** @param given - replaces the repository's own `.gitignore`, of which only the one in the root folder is read, as clients do */
  async ignored(commit: CommitEntity, given: string | undefined): Promise<GitIgnore> {
    return new GitIgnore(given ?? (await this.read(commit, '.gitignore')) ?? '');
  }

  private async read({ repositoryId, treeOid }: CommitEntity, path: string): Promise<string | undefined> {
    const entry = await findEntry((oid) => this.objects.tree(repositoryId, oid), treeOid, path.split('/'));
    if (!entry || isFolder(entry)) return undefined;
    const { sha256, size, lfs } = await this.objects.blob(repositoryId, entry.oid);
    return lfs || size > MAX_RULES_BYTES ? undefined : readText(this.blobs.open(sha256));
  }
}

/** All folders that contain one of the paths, including the root. */
function foldersAbove(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set(['']);
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break; // its parents were added before
      folders.add(folder);
    }
  }
  return folders;
}
