import { Inject, Injectable } from '@nestjs/common';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { HubError } from '../../domain/hub-error.js';
import { decodeTree, encodeCommit, isFolder } from '../store/git-objects.js';
import { lfsPointer, lfsPointerSize } from '../store/lfs-pointer.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import type { BlobEntity } from '../store/blob.entity.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { ObjectStore } from '../store/object.store.js';
import type { ClonePlan } from './clone-plan.service.js';
import { NO_FILTER, type ObjectFilter } from './object-filter.js';
import { packBytes, type PackObject } from './pack-format.js';
import type { CreatePack } from './shared-pack.js';

/** Rows per database query. */
const BLOBS_PER_QUERY = 2000;
/** Small files are prefetched concurrently, since each can be a request to S3. */
const PREFETCH_CONCURRENCY = 16;
const MAX_PREFETCH_BYTES = 256 * 1024;

/** Ids of folders and files. */
interface ObjectIds {
  readonly trees: readonly string[];
  readonly blobs: readonly string[];
}

/** Creates packs for git clients. Large files are included as LFS pointers; git-lfs fetches their content. */
@Injectable()
export class PackService {
  constructor(
    private readonly objects: ObjectStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * Finds the objects that a client is missing. The stream of their pack fails midway if the blob store fails.
   *
   * @throws HubError `RevisionNotFound` if objects are missing
   */
  async prepare(
    repositoryId: number,
    { commits, tags, objects, boundary }: ClonePlan,
    filter: ObjectFilter,
  ): Promise<CreatePack> {
    const seen = new Set<string>();
    if (commits.length > 0) await this.collect(repositoryId, rootsOf(boundary), { seen, filter: NO_FILTER });
    const contents = await this.collect(repositoryId, rootsOf(commits), { seen, filter });
    // Objects that the client has named are not filtered.
    const named = await this.collect(repositoryId, objects.trees, { seen, filter: { ...filter, treeDepth: Infinity } });
    const ids: ObjectIds = {
      trees: [...contents.trees, ...named.trees],
      blobs: [...contents.blobs, ...named.blobs, ...objects.blobs.filter((oid) => isNewIn(seen, oid))],
    };
    const count = commits.length + tags.length + ids.trees.length + ids.blobs.length;
    return () => packBytes(count, this.content(repositoryId, { commits, tags }, ids));
  }

  /** The objects of these folders that are not in `seen` yet. Adds them to it. */
  private async collect(
    repositoryId: number,
    roots: readonly string[],
    { seen, filter: { blobLimit, treeDepth } }: { seen: Set<string>; filter: ObjectFilter },
  ): Promise<ObjectIds> {
    const trees: string[] = [];
    const blobs: string[] = [];
    const turns = new EventLoopTurns();
    let level = treeDepth > 0 ? roots.filter((oid) => isNewIn(seen, oid)) : [];
    for (let depth = 1; level.length > 0; depth++) {
      const nextLevel: string[] = [];
      for (const oid of level) trees.push(oid);
      if (depth >= treeDepth) break;
      for await (const { body } of this.objects.treeBodies(repositoryId, level)) {
        for (const entry of decodeTree(body)) {
          const target = isFolder(entry) ? nextLevel : blobLimit > 0 ? blobs : undefined;
          if (target && isNewIn(seen, entry.oid)) target.push(entry.oid);
          if (turns.isOver) await turns.next();
        }
      }
      level = nextLevel;
    }
    return { trees, blobs: blobLimit === Infinity ? blobs : await this.smallerThan(blobLimit, repositoryId, blobs) };
  }

  private async smallerThan(limit: number, repositoryId: number, oids: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const batch of slices(oids, BLOBS_PER_QUERY)) {
      const stored = await this.objects.blobs(repositoryId, batch);
      found.push(...batch.filter((oid) => sizeInGit(stored.get(oid) ?? throwMissing(oid)) < limit));
    }
    return found;
  }

  private async *content(
    repositoryId: number,
    { commits, tags }: Pick<ClonePlan, 'commits' | 'tags'>,
    { trees, blobs }: ObjectIds,
  ): AsyncGenerator<PackObject> {
    for (const { body } of tags) yield packObject('tag', body);
    for (const commit of commits) yield packObject('commit', commitBody(commit));
    for await (const { body } of this.objects.treeBodies(repositoryId, trees)) yield packObject('tree', body);
    for (const oids of slices(blobs, BLOBS_PER_QUERY)) {
      const stored = await this.objects.blobs(repositoryId, oids);
      const files = Readable.from(oids.map((oid) => stored.get(oid) ?? throwMissing(oid)));
      yield* files.map((file: BlobEntity) => this.file(file), {
        concurrency: PREFETCH_CONCURRENCY,
      }) as AsyncIterable<PackObject>;
    }
  }

  private async file({ sha256, size, lfs }: BlobEntity): Promise<PackObject> {
    if (lfs) return packObject('blob', Buffer.from(lfsPointer(sha256, size)));
    const open = (): Readable => openContent(this.blobs, { sha256, size });
    if (size > MAX_PREFETCH_BYTES) return { kind: 'blob', size, content: openLazily(open) };
    return packObject('blob', await buffer(open()));
  }
}

const rootsOf = (commits: readonly CommitEntity[]): string[] => commits.map(({ treeOid }) => treeOid);

/** Adds the id. Returns false if it is in the set already. */
const isNewIn = (seen: Set<string>, oid: string): boolean => !seen.has(oid) && Boolean(seen.add(oid));

/** Size of a file in git, which has only the pointer of a large file. */
const sizeInGit = ({ lfs, size }: BlobEntity): number => (lfs ? lfsPointerSize(size) : size);

/** Objects can be missing only in history that is being pruned. */
function throwMissing(oid: string): never {
  throw new HubError('RevisionNotFound', `The file ${oid} has been deleted`);
}

const packObject = (kind: PackObject['kind'], content: Uint8Array): PackObject => ({
  kind,
  size: content.length,
  content,
});

const commitBody = ({ treeOid, parentOid, authorName, authorEmail, createdAt, title, description }: CommitEntity) =>
  encodeCommit({
    treeOid,
    title,
    description,
    parentOid: parentOid ?? undefined,
    author: { name: authorName, email: authorEmail, at: createdAt },
  });

/** Opens the stream when it is read, not when it is prefetched. */
async function* openLazily(open: () => Readable): AsyncGenerator<Uint8Array> {
  yield* open() as AsyncIterable<Uint8Array>;
}

function* slices<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += length) yield items.slice(at, at + length);
}
