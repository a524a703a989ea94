import { buffer } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import { compareTrees, type ChangedFile } from './compare-trees.js';
import type { BlobEntity } from './blob.entity.js';
import type { GitEntry } from './git-objects.js';
import { lfsPointer } from './lfs-pointer.js';
import type { OpenRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { rawDiffLine, type ComparedContent } from './raw-diff.js';
import { RevisionsService } from './revisions.service.js';
import { MAX_COMPARED_BYTES, unifiedDiff } from './unified-diff.js';

/** Git's id of a tree without entries. Clients compare with it to list all files. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
/** As in git: a file with a NUL in its first bytes is binary. */
const EXAMINED_BYTES = 8000;
/** Files that are described together. */
const BATCH_SIZE = 200;
const CONCURRENCY = 8;
const NOTHING = Buffer.alloc(0);

/** Ids of the root folders; undefined for one without files. */
interface ComparedTrees {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Compares revisions of local repositories. */
@Injectable()
export class LocalComparison {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly objects: ObjectStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * The changed files between two revisions, as huggingface.co's raw diff.
   *
   * @param range - `before..after`, or a revision, whose commit is compared with its first parent
   * @throws HubError `BadRequest` for an invalid range, `RevisionNotFound`
   */
  async rawDiff(repository: OpenRepo, range: string): Promise<AsyncIterable<Uint8Array>> {
    return this.lines(repository.id, await this.changes(repository, range));
  }

  /**
   * The changes between two revisions, as `git diff` prints them. LFS objects are compared as their pointers.
   *
   * @param range - as of `rawDiff`
   * @throws HubError as `rawDiff`
   */
  async unifiedDiff(repository: OpenRepo, range: string): Promise<AsyncIterable<Uint8Array>> {
    return this.fileDiffs(repository.id, await this.changes(repository, range));
  }

  private async changes(repository: OpenRepo, range: string): Promise<AsyncIterable<ChangedFile>> {
    const trees = await this.treesOf(repository, range);
    return compareTrees((oids) => this.objects.trees(repository.id, oids), trees);
  }

  private async treesOf(repository: OpenRepo, range: string): Promise<ComparedTrees> {
    const [before = '', after, ...rest] = range.split('..');
    if (after === undefined) return this.treesOfCommit(repository, before);
    if (before === '' || after === '' || after.startsWith('.') || rest.length > 0)
      throw new HubError('BadRequest', `"${range}" is not a range of revisions. Use /compare/{before}..{after}.`);
    return { before: await this.tree(repository, before), after: await this.tree(repository, after) };
  }

  private async treesOfCommit(repository: OpenRepo, revision: string): Promise<ComparedTrees> {
    const { parentOid, treeOid } = await this.revisions.resolve(repository, revision);
    const parent = parentOid === null ? undefined : await this.revisions.commit(repository, parentOid);
    return { before: parent?.treeOid, after: treeOid };
  }

  private async tree(repository: OpenRepo, revision: string): Promise<string | undefined> {
    return revision === EMPTY_TREE ? undefined : (await this.revisions.resolve(repository, revision)).treeOid;
  }

  private async *lines(repositoryId: number, files: AsyncIterable<ChangedFile>): AsyncGenerator<Uint8Array> {
    let batch: ChangedFile[] = [];
    for await (const file of files) {
      if (batch.push(file) < BATCH_SIZE) continue;
      yield await this.describe(repositoryId, batch);
      batch = [];
    }
    if (batch.length > 0) yield await this.describe(repositoryId, batch);
  }

  private async describe(repositoryId: number, files: readonly ChangedFile[]): Promise<Uint8Array> {
    const oids = files.map(({ before, after }) => (after ?? before)!.oid);
    const blobs = await this.objects.blobs(repositoryId, oids);
    const contents = await mapConcurrently(oids, CONCURRENCY, (oid) => this.content(blobs.get(oid)));
    return Buffer.from(files.map((file, at) => rawDiffLine(file, contents[at]!)).join(''));
  }

  private async *fileDiffs(repositoryId: number, files: AsyncIterable<ChangedFile>): AsyncGenerator<Uint8Array> {
    for await (const file of files) {
      const contents = {
        before: await this.text(repositoryId, file.before),
        after: await this.text(repositoryId, file.after),
      };
      yield Buffer.from(unifiedDiff(file, contents));
    }
  }

  /** The content that git stores for a file, which is empty if the file does not exist; undefined if it is too long. */
  private async text(repositoryId: number, entry: GitEntry | undefined): Promise<Buffer | undefined> {
    if (!entry) return NOTHING;
    const blob = (await this.objects.blobs(repositoryId, [entry.oid])).get(entry.oid);
    if (!blob) return Buffer.from(`Subproject commit ${entry.oid}\n`);
    const { sha256, size, lfs } = blob;
    if (lfs) return Buffer.from(lfsPointer(sha256, size));
    if (size > MAX_COMPARED_BYTES) return undefined;
    return size === 0 ? NOTHING : buffer(openContent(this.blobs, { sha256, size }));
  }

  /** The pointer of an LFS object is text. A submodule has no blob. */
  private async content(blob: BlobEntity | undefined): Promise<ComparedContent> {
    if (!blob) return { size: 0, isBinary: false };
    const { sha256, size, lfs } = blob;
    if (lfs || size === 0) return { size, isBinary: false };
    const end = Math.min(size, EXAMINED_BYTES) - 1;
    for await (const chunk of openContent(this.blobs, { sha256, size }, { start: 0, end }))
      if ((chunk as Buffer).includes(0)) return { size, isBinary: true };
    return { size, isBinary: false };
  }
}
