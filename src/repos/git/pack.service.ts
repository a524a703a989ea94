import { Inject, Injectable } from '@nestjs/common';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { HubError } from '../../domain/hub-error.js';
import { decodeTree, encodeCommit, isFolder } from '../store/git-objects.js';
import { lfsPointer } from '../store/lfs-pointer.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { BlobEntity } from '../store/blob.entity.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { ObjectStore } from '../store/object.store.js';
import type { ClonePlan } from './clone-plan.service.js';
import { packBytes, type PackObject } from './pack-format.js';

/** Rows per database query. */
const TREES_PER_QUERY = 200;
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
   * A pack of the objects that a client is missing. The stream fails midway if the blob store fails.
   *
   * @throws HubError `RevisionNotFound` before the first byte if objects are missing
   */
  async pack(repositoryId: number, { commits, boundary }: ClonePlan): Promise<AsyncGenerator<Uint8Array>> {
    const seen = new Set<string>();
    if (commits.length > 0) await this.collect(repositoryId, boundary, seen);
    const { trees, blobs } = await this.collect(repositoryId, commits, seen);
    const count = commits.length + trees.length + blobs.length;
    return packBytes(count, this.content(repositoryId, commits, { trees, blobs }));
  }

  /** The objects of these commits that are not in `seen` yet. Adds them to it. */
  private async collect(repositoryId: number, commits: readonly CommitEntity[], seen: Set<string>): Promise<ObjectIds> {
    const trees: string[] = [];
    const blobs: string[] = [];
    const isNew = (oid: string): boolean => !seen.has(oid) && Boolean(seen.add(oid));
    let level = commits.map(({ treeOid }) => treeOid).filter(isNew);
    while (level.length > 0) {
      const nextLevel: string[] = [];
      for (const oids of slices(level, TREES_PER_QUERY)) {
        trees.push(...oids);
        for (const body of await this.objects.treeBodies(repositoryId, oids)) {
          for (const entry of decodeTree(body))
            if (isNew(entry.oid)) (isFolder(entry) ? nextLevel : blobs).push(entry.oid);
        }
      }
      level = nextLevel;
    }
    return { trees, blobs };
  }

  private async *content(
    repositoryId: number,
    commits: readonly CommitEntity[],
    { trees, blobs }: ObjectIds,
  ): AsyncGenerator<PackObject> {
    for (const commit of commits) yield packObject('commit', commitBody(commit));
    for (const oids of slices(trees, TREES_PER_QUERY))
      for (const body of await this.objects.treeBodies(repositoryId, oids)) yield packObject('tree', body);
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
    if (size > MAX_PREFETCH_BYTES) return { kind: 'blob', size, content: openLazily(() => this.blobs.open(sha256)) };
    return packObject('blob', await buffer(this.blobs.open(sha256)));
  }
}

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
