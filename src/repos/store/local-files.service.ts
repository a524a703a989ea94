import { Inject, Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { HubError } from '../../domain/hub-error.js';
import type { QueryPairs } from '../../domain/query.js';
import { withoutTrailingSlashes } from '../../domain/trailing-slashes.js';
import type { TreeEntry } from './wire/tree-entry.js';
import { contentTypeOf } from './content-type.js';
import { isFolder } from './git-objects.js';
import { findEntries, findEntry, type LoadTrees } from './git-tree.js';
import { lfsPointer } from './lfs-pointer.js';
import { flag, parameter, integerParameter } from '../../domain/query-flags.js';
import { walkTree, WHOLE_TREE, type PathEntry } from './walk-tree.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import { DIRECT_TRANSFER, LINK_SECONDS, type DirectTransfer } from '../../platform/storage/direct-transfer.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import type { LocalFile, LocalRepo, OpenRepo, TreePage } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { RevisionsService, type ResolvedRevision } from './revisions.service.js';
import { readTreeCursor, writeTreeCursor } from './tree-cursor.js';
import { expandedEntry, treeEntry } from './tree-entries.js';

/** Entries per page, as on huggingface.co. */
const PAGE_SIZE = 1000;
const EXPANDED_PAGE_SIZE = 100;
/** Folders that are loaded together for a page. Most of them have several entries, so a page needs fewer. */
const MAX_LOADED_AHEAD = 250;

/** Reads trees and files of local repositories. A missing revision is reported before a missing entry (contract E.16). */
@Injectable()
export class LocalFilesService {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly commits: CommitStore,
    private readonly objects: ObjectStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @Inject(DIRECT_TRANSFER) private readonly directTransfer: DirectTransfer | undefined,
  ) {}

  /**
   * Lists a folder.
   *
   * @throws HubError `RevisionNotFound`, `EntryNotFound` if the path is not a folder, `BadRequest` for an invalid cursor
   */
  async tree(repository: LocalRepo, rest: readonly string[], query: QueryPairs): Promise<TreePage> {
    const requested = parameter(query, 'cursor');
    const cursor = requested === undefined ? undefined : readTreeCursor(requested);
    const { commit: current, path } = await this.revisions.splitPath(repository, rest);
    const commit = cursor ? await this.revisions.byCommitId(repository, cursor.commit) : current;
    const load = this.loader(repository);
    const folder = await findEntry(load, commit.treeOid, path);
    if (!folder || !isFolder(folder)) throw entryNotFound(commit);
    const expand = flag(query, 'expand');
    const limit = pageSize(query, expand ? EXPANDED_PAGE_SIZE : PAGE_SIZE);
    const at = path.join('/');
    const walk = walkTree(load, folder.oid, {
      at,
      recursive: flag(query, 'recursive'),
      after: cursor?.after.split('/'),
      loadAhead: Math.min(limit, MAX_LOADED_AHEAD),
    });
    const { page, more } = await take(walk, limit);
    const entries = await this.describe(commit, page, expand);
    if (!more) return { entries };
    const after = page.at(-1)!.path.slice(at === '' ? 0 : at.length + 1);
    return { entries, nextCursor: writeTreeCursor({ commit: commit.oid, after }) };
  }

  /**
   * Returns the entries at the paths. Missing paths are omitted.
   *
   * @throws HubError `RevisionNotFound`
   */
  async pathsInfo(
    repository: LocalRepo,
    rest: readonly string[],
    paths: readonly string[],
    expand: boolean,
  ): Promise<TreeEntry[]> {
    const commit = await this.revisions.resolve(repository, rest.length === 0 ? 'HEAD' : rest.join('/'));
    const wanted = [...new Set(paths.map(withoutTrailingSlashes))].filter((path) => path !== '');
    const entries = await findEntries(this.loader(repository), commit.treeOid, wanted);
    const found = wanted.flatMap((path) => {
      const entry = entries.get(path);
      return entry ? [{ path, entry }] : [];
    });
    return this.describe(commit, found, expand);
  }

  /**
   * Opens a file. With `raw`, returns what git stores: for an LFS object, its pointer.
   *
   * @throws HubError `RevisionNotFound`, `EntryNotFound` if the path is missing or a folder
   */
  async file(repository: OpenRepo, revision: string, path: readonly string[], raw: boolean): Promise<LocalFile> {
    const commit = await this.revisions.resolve(repository, revision);
    const entry = await findEntry(this.loader(repository), commit.treeOid, path);
    if (!entry || isFolder(entry)) throw entryNotFound(commit);
    const { sha256, size, lfs } = await this.objects.blob(repository.id, entry.oid);
    const base = { commit: commit.oid, contentType: contentTypeOf(entry.name) };
    if (!lfs) return { ...base, etag: entry.oid, size, ...this.stored(sha256, size) };
    if (!raw) return { ...base, ...this.lfsFile(sha256, size) };
    return {
      commit: commit.oid,
      contentType: contentTypeOf('.txt'),
      etag: entry.oid,
      ...textFile(lfsPointer(sha256, size)),
    };
  }

  private lfsFile(
    sha256: string,
    size: number,
  ): Pick<LocalFile, 'etag' | 'size' | 'lfs' | 'open' | 'link' | 'isStored'> {
    const { directTransfer } = this;
    return {
      etag: sha256,
      size,
      lfs: { sha256, size },
      ...this.stored(sha256, size),
      link:
        directTransfer && size > 0 ? (notes) => directTransfer.downloadLink(sha256, notes, LINK_SECONDS) : undefined,
    };
  }

  private stored(sha256: string, size: number): Pick<LocalFile, 'open' | 'isStored'> {
    return {
      open: (range) => openContent(this.blobs, { sha256, size }, range),
      isStored: async () => (await this.blobs.size(sha256)) === size,
    };
  }

  /** Iterates over all files of a commit. */
  async *files(repository: LocalRepo, commit: CommitEntity): AsyncGenerator<PathEntry> {
    const walk = walkTree(this.loader(repository), commit.treeOid, WHOLE_TREE);
    for await (const found of walk) if (!isFolder(found.entry)) yield found;
  }

  /**
   * Iterates over all files of a folder, or the file at a path.
   *
   * @throws HubError `EntryNotFound`
   */
  async *filesAt(repository: LocalRepo, { commit, path }: ResolvedRevision): AsyncGenerator<PathEntry> {
    const load = this.loader(repository);
    const entry = await findEntry(load, commit.treeOid, path);
    if (!entry) throw entryNotFound(commit);
    if (!isFolder(entry)) return yield { path: path.join('/'), entry };
    const walk = walkTree(load, entry.oid, { ...WHOLE_TREE, at: path.join('/') });
    for await (const found of walk) if (!isFolder(found.entry)) yield found;
  }

  private loader(repository: LocalRepo): LoadTrees {
    return (oids) => this.objects.trees(repository.id, oids);
  }

  private async describe(commit: CommitEntity, found: readonly PathEntry[], expand: boolean): Promise<TreeEntry[]> {
    const files = found.filter(({ entry }) => !isFolder(entry)).map(({ entry }) => entry.oid);
    const contents = await this.objects.blobs(commit.repositoryId, files);
    const entries = found.map((item) => treeEntry(item, contents.get(item.entry.oid)));
    if (!expand) return entries;
    const paths = found.map(({ path }) => path);
    const notes = await this.commits.lastChanges(commit, paths);
    return entries.map((entry) => expandedEntry(entry, notes.get(entry.path)));
  }
}

const entryNotFound = (commit: CommitEntity): HubError =>
  new HubError('EntryNotFound', 'Entry not found', { commit: commit.oid });

const pageSize = (query: QueryPairs, maximum: number): number => integerParameter(query, 'limit', maximum) || maximum;

function textFile(content: string): Pick<LocalFile, 'size' | 'open' | 'isStored'> {
  const bytes = Buffer.from(content);
  const slice = (range?: { start: number; end: number }) =>
    range ? bytes.subarray(range.start, range.end + 1) : bytes;
  return { size: bytes.length, open: (range) => Readable.from([slice(range)]), isStored: () => Promise.resolve(true) };
}

async function take(walk: AsyncGenerator<PathEntry>, limit: number): Promise<{ page: PathEntry[]; more: boolean }> {
  const page: PathEntry[] = [];
  for await (const found of walk) {
    if (page.length === limit) return { page, more: true };
    page.push(found);
  }
  return { page, more: false };
}
