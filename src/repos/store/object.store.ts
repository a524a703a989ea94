import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { readTree, type GitTree } from './git-tree.js';
import { BlobEntity } from './blob.entity.js';
import { LfsObjectEntity } from './lfs-object.entity.js';
import { rowBatches } from './row-batches.js';
import { insertTrees, readTrees } from './trees.queries.js';

const CACHE_BYTES = 64 * 1024 * 1024;
/** Approximate memory use of a decoded tree entry, in bytes: object, name and id. */
const ENTRY_BYTES = 200;
/** Longer parameter arrays make the statement slower. */
const BLOB_BATCH_SIZE = 5000;
const MAX_CACHED_BLOBS = 20_000;
/** Blobs up to this size may be LFS pointers, whose row can change (see `addBlobs`), so they are not cached. */
const MAX_POINTER_BYTES = 150;

type BlobRow = Omit<BlobEntity, 'repositoryId' | 'size'> & { readonly size: string };

/**
 * Persistence of trees, blobs and LFS objects. Trees and blobs are immutable, so recently used ones are cached, even after they were
 * deleted from the database. This is safe, because they are only reached through a commit, and every request looks up its revision in the
 * database.
 */
@Injectable()
export class ObjectStore {
  private readonly logger = new Logger('Objects');

  private readonly treeCache = new LRUCache<string, GitTree>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (tree) => (tree.entries.length + 1) * ENTRY_BYTES,
  });

  private readonly blobCache = new LRUCache<string, BlobEntity>({ max: MAX_CACHED_BLOBS });

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * @param m - the current transaction; the embedded database would deadlock if another connection were used
   * @throws HubError `RevisionNotFound` if a tree has just been pruned
   */
  async trees(
    repositoryId: number,
    oids: readonly string[],
    m = this.database.manager,
  ): Promise<ReadonlyMap<string, GitTree>> {
    const trees = new Map<string, GitTree>();
    const missing: string[] = [];
    for (const oid of oids) {
      const cached = this.treeCache.get(`${repositoryId}:${oid}`);
      if (cached) trees.set(oid, cached);
      else missing.push(oid);
    }
    const turns = new EventLoopTurns();
    for await (const { oid, body } of this.treeBodies(repositoryId, missing, m)) {
      const tree = await readTree(body, turns);
      this.treeCache.set(`${repositoryId}:${oid}`, tree);
      trees.set(oid, tree);
    }
    return trees;
  }

  /**
   * Reads the bodies of several trees as `readTrees` does, without caching.
   *
   * @param m - as in `trees`
   * @throws HubError as `trees`
   */
  async *treeBodies(
    repositoryId: number,
    oids: readonly string[],
    m = this.database.manager,
  ): AsyncGenerator<{ readonly oid: string; readonly body: Buffer }> {
    for await (const { oid, body } of readTrees(m, repositoryId, oids)) {
      if (!body) throw this.missingObject('tree', repositoryId, oid);
      yield { oid, body };
    }
  }

  /** The ids that belong to trees. */
  async existingTrees(repositoryId: number, oids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ oid: string }[]>(
      'SELECT oid FROM trees WHERE repository_id = $1 AND oid = ANY($2)',
      [repositoryId, oids],
    );
    return new Set(rows.map(({ oid }) => oid));
  }

  addTrees(m: EntityManager, repositoryId: number, trees: ReadonlyMap<string, Buffer>): Promise<void> {
    return insertTrees(m, repositoryId, trees);
  }

  /**
   * Reads the blob of a file.
   *
   * @throws HubError as `trees`
   */
  async blob(repositoryId: number, oid: string): Promise<BlobEntity> {
    const key = `${repositoryId}:${oid}`;
    const cached = this.blobCache.get(key);
    if (cached) return cached;
    const blob = await this.database.manager.findOneBy(BlobEntity, { repositoryId, oid });
    if (!blob) throw this.missingObject('blob', repositoryId, oid);
    if (blob.lfs || blob.size > MAX_POINTER_BYTES) this.blobCache.set(key, blob);
    return blob;
  }

  /** Evicts cached blobs, after rows of large files have changed. */
  evictBlobs(): void {
    this.blobCache.clear();
  }

  /** Reads several blobs, by git id. Missing blobs are left out. */
  async blobs(repositoryId: number, oids: readonly string[]): Promise<Map<string, BlobEntity>> {
    const found = new Map<string, BlobEntity>();
    for (let at = 0; at < oids.length; at += BLOB_BATCH_SIZE) {
      // without the entity manager, which takes ten times as long to create the objects
      const batch = await this.database.query<BlobRow[]>(
        'SELECT oid, sha256, size, lfs FROM blobs WHERE repository_id = $1 AND oid = ANY($2)',
        [repositoryId, oids.slice(at, at + BLOB_BATCH_SIZE)],
      );
      for (const { oid, sha256, size, lfs } of batch)
        found.set(oid, { repositoryId, oid, sha256, size: Number(size), lfs });
    }
    return found;
  }

  /**
   * Adds blobs. If a pointer was committed as a text file before, its row is changed to the LFS object once that is committed: both have
   * the same git id.
   */
  async addBlobs(m: EntityManager, blobs: readonly BlobEntity[]): Promise<void> {
    for (const batch of rowBatches(blobs)) {
      const column = <K extends keyof BlobEntity>(name: K) => batch.map((blob) => blob[name]);
      await m.query(
        `INSERT INTO blobs (repository_id, oid, sha256, size, lfs)
         SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::boolean[])
         ON CONFLICT (repository_id, oid) DO UPDATE
         SET sha256 = excluded.sha256, size = excluded.size, lfs = true WHERE excluded.lfs AND NOT blobs.lfs`,
        [column('repositoryId'), column('oid'), column('sha256'), column('size'), column('lfs')],
      );
    }
  }

  /** Bytes of all content in the repository's history, counting identical content once. */
  async usedStorage(repositoryId: number): Promise<number> {
    const [row] = await this.database.query<{ bytes: string }[]>(
      'SELECT bytes FROM repository_sizes WHERE repository_id = $1',
      [repositoryId],
    );
    return Number(row?.bytes ?? 0);
  }

  lfsObject(repositoryId: number, sha256: string): Promise<LfsObjectEntity | null> {
    return this.database.manager.findOneBy(LfsObjectEntity, { repositoryId, sha256 });
  }

  /** The LFS objects with these hashes that were uploaded to the repository. */
  lfsObjects(repositoryId: number, hashes: readonly string[]): Promise<LfsObjectEntity[]> {
    return this.database.manager
      .createQueryBuilder(LfsObjectEntity, 'object')
      .where('object.repositoryId = :repositoryId AND object.sha256 = ANY(:hashes)', { repositoryId, hashes })
      .getMany();
  }

  /**
   * Objects can only be missing from unreachable history while it is being pruned. The problem is logged, because it may also be a damaged
   * database.
   */
  private missingObject(kind: string, repositoryId: number, oid: string): HubError {
    this.logger.warn(
      { repositoryId, oid },
      `A ${kind} is missing: its commit is being pruned, or the database is damaged`,
    );
    return new HubError('RevisionNotFound', 'This revision no longer exists');
  }

  /**
   * Idempotent.
   *
   * @param m - the current transaction, if there is one
   */
  async addLfsObjects(
    repositoryId: number,
    objects: readonly Pick<LfsObjectEntity, 'sha256' | 'size'>[],
    m = this.database.manager,
  ): Promise<void> {
    for (const batch of rowBatches(objects))
      await m.query(
        `INSERT INTO lfs_objects (repository_id, sha256, size)
         SELECT $1, sha256, size FROM unnest($2::text[], $3::bigint[]) AS new (sha256, size) ORDER BY sha256
         ON CONFLICT DO NOTHING`,
        [repositoryId, batch.map(({ sha256 }) => sha256), batch.map(({ size }) => size)],
      );
  }
}
