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
import { packBytes, type PackObject } from './pack-bytes.js';

/** Rows of one question to the database. */
const TREES_AT_ONCE = 200;
const BLOBS_AT_ONCE = 2000;
/** Small files are fetched ahead, so many at a time: each may be a journey to the bucket. */
const FETCHED_AHEAD = 16;
const SMALL = 256 * 1024;

/** Folders and files by their ids. */
interface Objects {
  readonly trees: readonly string[];
  readonly blobs: readonly string[];
}

/** Packs for clients of git. Of large files they hold the pointers, as git itself does (git-lfs fetches the rest). */
@Injectable()
export class PackService {
  constructor(
    private readonly objects: ObjectStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** What a client lacks. Fails before its first byte, or in its middle when the store does. @throws HubError `RevisionNotFound` */
  async pack(repositoryId: number, { commits, ground }: ClonePlan): Promise<AsyncGenerator<Uint8Array>> {
    const known = new Set<string>();
    if (commits.length > 0) await this.reach(repositoryId, ground, known);
    const { trees, blobs } = await this.reach(repositoryId, commits, known);
    const count = commits.length + trees.length + blobs.length;
    return packBytes(count, this.content(repositoryId, commits, { trees, blobs }));
  }

  /** All that these commits hold and is not known yet; it is, from then on. */
  private async reach(repositoryId: number, commits: readonly CommitEntity[], known: Set<string>): Promise<Objects> {
    const trees: string[] = [];
    const blobs: string[] = [];
    const isNew = (oid: string): boolean => !known.has(oid) && Boolean(known.add(oid));
    let level = commits.map(({ treeOid }) => treeOid).filter(isNew);
    while (level.length > 0) {
      const below: string[] = [];
      for (const some of slices(level, TREES_AT_ONCE)) {
        trees.push(...some);
        for (const body of await this.objects.treeBodies(repositoryId, some)) {
          for (const entry of decodeTree(body)) if (isNew(entry.oid)) (isFolder(entry) ? below : blobs).push(entry.oid);
        }
      }
      level = below;
    }
    return { trees, blobs };
  }

  private async *content(
    repositoryId: number,
    commits: readonly CommitEntity[],
    { trees, blobs }: Objects,
  ): AsyncGenerator<PackObject> {
    for (const commit of commits) yield whole('commit', commitBody(commit));
    for (const some of slices(trees, TREES_AT_ONCE))
      for (const body of await this.objects.treeBodies(repositoryId, some)) yield whole('tree', body);
    for (const some of slices(blobs, BLOBS_AT_ONCE)) {
      const found = await this.objects.blobs(repositoryId, some);
      const files = Readable.from(some.map((oid) => found.get(oid) ?? gone(oid)));
      yield* files.map((file: BlobEntity) => this.file(file), {
        concurrency: FETCHED_AHEAD,
      }) as AsyncIterable<PackObject>;
    }
  }

  private async file({ sha256, size, lfs }: BlobEntity): Promise<PackObject> {
    if (lfs) return whole('blob', Buffer.from(lfsPointer(sha256, size)));
    if (size > SMALL) return { kind: 'blob', size, content: later(() => this.blobs.open(sha256)) };
    return whole('blob', await buffer(this.blobs.open(sha256)));
  }
}

/** Only lost history has gaps, while it is pruned. */
function gone(oid: string): never {
  throw new HubError('RevisionNotFound', `The file ${oid} is no longer here`);
}

const whole = (kind: PackObject['kind'], content: Uint8Array): PackObject => ({ kind, size: content.length, content });

const commitBody = ({ treeOid, parentOid, authorName, authorEmail, createdAt, title, description }: CommitEntity) =>
  encodeCommit({
    ...{ treeOid, title, description },
    parentOid: parentOid ?? undefined,
    author: { name: authorName, email: authorEmail, at: createdAt },
  });

/** Opened when its turn comes, not when it is looked ahead for. */
async function* later(open: () => Readable): AsyncGenerator<Uint8Array> {
  yield* open() as AsyncIterable<Uint8Array>;
}

function* slices<T>(all: readonly T[], length: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += length) yield all.slice(at, at + length);
}
