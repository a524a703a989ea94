import { text as readText } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { addFoldersAbove } from '../store/folders-above.js';
import { GitAttributes, type AttributesFile } from './git-attributes.js';
import { GitIgnore } from './git-ignore.js';
import { isFolder } from '../store/git-objects.js';
import { findEntries } from '../store/git-tree.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import { isMissingContent } from '../../platform/storage/missing-content.js';
import type { BlobEntity } from '../store/blob.entity.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { ObjectStore } from '../store/object.store.js';

/** Longer files are ignored, because every pattern is compared with every path. */
export const MAX_RULES_BYTES = 65_536;
/** Length of all attribute files that apply to one request, in characters. */
const MAX_TOTAL_LENGTH = 1024 * 1024;
const GIT_IGNORE = '.gitignore';

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
    const folders = await foldersAbove(paths);
    const stored = await this.find(commit, attributesPaths(folders));
    const isNew = (folder: string): boolean => folders.has(folder) && !stored.has(attributesPath(folder));
    for (const folder of [...[...stored.keys()].map(folderOf), ...[...changed.keys()].filter(isNew)]) {
      const text = changed.has(folder) ? changed.get(folder) : await this.read(stored.get(attributesPath(folder)));
      if (text !== undefined) files.push({ folder, text });
      totalLength += text?.length ?? 0;
      if (totalLength > MAX_TOTAL_LENGTH)
        throw new HubError('BadRequest', 'The .gitattributes files of these folders have more than 1 MiB in total.');
    }
    return new GitAttributes(files);
  }

  /** The text of `.gitattributes` in the root folder: empty if it is missing, `undefined` if it is too long or cannot be read. */
  async rootAttributes(commit: CommitEntity): Promise<string | undefined> {
    const file = (await this.find(commit, [attributesPath('')])).get(attributesPath(''));
    return file ? this.read(file) : '';
  }

  /** @param given - replaces the repository's own `.gitignore`, of which only the one in the root folder is read, as clients do */
  async ignored(commit: CommitEntity, given: string | undefined): Promise<GitIgnore> {
    if (given !== undefined) return new GitIgnore(given);
    const stored = await this.find(commit, [GIT_IGNORE]);
    return new GitIgnore((await this.read(stored.get(GIT_IGNORE))) ?? '');
  }

  /** The blobs of the files that exist, by path. */
  private async find(
    { repositoryId, treeOid }: CommitEntity,
    paths: Iterable<string>,
  ): Promise<Map<string, BlobEntity>> {
    const entries = await findEntries((oids) => this.objects.trees(repositoryId, oids), treeOid, paths);
    const files = [...entries].filter(([, entry]) => !isFolder(entry));
    const blobs = await this.objects.blobs(repositoryId, [...new Set(files.map(([, { oid }]) => oid))]);
    const found = new Map<string, BlobEntity>();
    for (const [path, { oid }] of files)
      found.set(path, blobs.get(oid) ?? (await this.objects.blob(repositoryId, oid))); // throws if it is missing
    return found;
  }

  /** A file that the storage has lost is ignored, so that it can be uploaded again. */
  private async read(file: BlobEntity | undefined): Promise<string | undefined> {
    if (!file || file.lfs || file.size > MAX_RULES_BYTES) return undefined;
    try {
      return await readText(openContent(this.blobs, file));
    } catch (error) {
      if (isMissingContent(error)) return undefined;
      throw error;
    }
  }
}

const attributesPath = (folder: string): string => (folder === '' ? '.gitattributes' : `${folder}/.gitattributes`);

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function* attributesPaths(folders: Iterable<string>): Generator<string> {
  for (const folder of folders) yield attributesPath(folder);
}

/** All folders that contain one of the paths, including the root. */
async function foldersAbove(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const folders = new Set(['']);
  const turns = new EventLoopTurns();
  for (const path of paths) {
    addFoldersAbove(folders, path);
    if (turns.isOver) await turns.next();
  }
  return folders;
}
