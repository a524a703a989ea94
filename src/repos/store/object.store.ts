import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { decodeTree } from './git-objects.js';
import { GitTree } from './git-tree.js';
import { BlobEntity } from './blob.entity.js';
import { LfsObjectEntity } from './lfs-object.entity.js';
import { TreeEntity } from './tree.entity.js';

const CACHE_BYTES = 64 * 1024 * 1024;
/** What a decoded entry takes in memory, about: its object, its name, its id. */
const BYTES_PER_ENTRY = 200;
/** More parameters in one array make a slow statement, not a faster answer. */
const BLOBS_AT_ONCE = 5000;
const BLOBS_KEPT = 20_000;
/** What is not longer may be a pointer, whose meaning may change once. */
const LONGEST_POINTER = 150;

/**
 * Trees, blobs and large files as they lie in the database. Trees and blobs never change, so those read lately are kept, perhaps longer
 * than the database has them: nobody gets there but by a commit, and a revision is looked up in the database by every request.
 */
@Injectable()
export class ObjectStore {
  private readonly logger = new Logger('Objects');

  private readonly trees = new LRUCache<string, GitTree>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (tree) => (tree.entries.length + 1) * BYTES_PER_ENTRY,
  });

  private readonly kept = new LRUCache<string, BlobEntity>({ max: BLOBS_KEPT });

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * @param m the transaction that one is in: the embedded database would wait for itself otherwise
   * @throws HubError `RevisionNotFound` when it has been pruned a moment ago
   */
  async tree(repositoryId: number, oid: string, m = this.database.manager): Promise<GitTree> {
    const key = `${repositoryId}:${oid}`;
    const kept = this.trees.get(key);
    if (kept) return kept;
    const found = await m.findOneBy(TreeEntity, { repositoryId, oid });
    if (!found) throw this.pruned('tree', repositoryId, oid);
    const tree = new GitTree(decodeTree(found.body));
    this.trees.set(key, tree);
    return tree;
  }

  /**
   * Bodies of many trees at once, as they lie there, for somebody who reads each once.
   * @throws HubError as `tree`
   */
  async treeBodies(repositoryId: number, oids: readonly string[]): Promise<Buffer[]> {
    const found = await this.database.manager
      .createQueryBuilder(TreeEntity, 'tree')
      .where('tree.repositoryId = :repositoryId AND tree.oid = ANY(:oids)', { repositoryId, oids })
      .getMany();
    const bodies = new Map(found.map(({ oid, body }) => [oid, body]));
    return oids.map((oid) => {
      const body = bodies.get(oid);
      if (!body) throw this.pruned('tree', repositoryId, oid);
      return body;
    });
  }

  async addTrees(m: EntityManager, repositoryId: number, trees: ReadonlyMap<string, Buffer>): Promise<void> {
    await m.query(
      `INSERT INTO trees (repository_id, oid, body)
       SELECT $1, oid, body FROM unnest($2::text[], $3::bytea[]) AS new (oid, body)
       ON CONFLICT DO NOTHING`,
      [repositoryId, [...trees.keys()], [...trees.values()]],
    );
  }

  /** What stands behind one file. @throws HubError as `tree` */
  async blob(repositoryId: number, oid: string): Promise<BlobEntity> {
    const key = `${repositoryId}:${oid}`;
    const kept = this.kept.get(key);
    if (kept) return kept;
    const blob = await this.database.manager.findOneBy(BlobEntity, { repositoryId, oid });
    if (!blob) throw this.pruned('blob', repositoryId, oid);
    if (blob.lfs || blob.size > LONGEST_POINTER) this.kept.set(key, blob);
    return blob;
  }

  /** The same for many at once, by git id. */
  async blobs(repositoryId: number, oids: readonly string[]): Promise<Map<string, BlobEntity>> {
    const found = new Map<string, BlobEntity>();
    for (let at = 0; at < oids.length; at += BLOBS_AT_ONCE) {
      const some = await this.database.manager
        .createQueryBuilder(BlobEntity, 'blob')
        .where('blob.repositoryId = :repositoryId', { repositoryId })
        .andWhere('blob.oid = ANY(:some)', { some: oids.slice(at, at + BLOBS_AT_ONCE) })
        .getMany();
      for (const blob of some) found.set(blob.oid, blob);
    }
    return found;
  }

  /** A pointer that was committed as a text becomes the large file that it names, once that is committed: git knows them as one. */
  async addBlobs(m: EntityManager, blobs: readonly BlobEntity[]): Promise<void> {
    const column = <K extends keyof BlobEntity>(name: K) => blobs.map((blob) => blob[name]);
    await m.query(
      `INSERT INTO blobs (repository_id, oid, sha256, size, lfs)
       SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::boolean[])
       ON CONFLICT (repository_id, oid) DO UPDATE
       SET sha256 = excluded.sha256, size = excluded.size, lfs = true WHERE excluded.lfs AND NOT blobs.lfs`,
      [column('repositoryId'), column('oid'), column('sha256'), column('size'), column('lfs')],
    );
  }

  /** Bytes of all content that the repository has or had, each counted once. */
  async usedStorage(repositoryId: number): Promise<number> {
    const [row] = await this.database.query<{ bytes: string }[]>(
      `SELECT coalesce(sum(size), 0) AS bytes FROM (
         SELECT sha256, size FROM blobs WHERE repository_id = $1 UNION SELECT sha256, size FROM lfs_objects WHERE repository_id = $1
       ) AS content`,
      [repositoryId],
    );
    return Number(row!.bytes);
  }

  lfsObject(repositoryId: number, sha256: string): Promise<LfsObjectEntity | null> {
    return this.database.manager.findOneBy(LfsObjectEntity, { repositoryId, sha256 });
  }

  /** Those of these large files that were uploaded to the repository. */
  lfsObjects(repositoryId: number, hashes: readonly string[]): Promise<LfsObjectEntity[]> {
    return this.database.manager
      .createQueryBuilder(LfsObjectEntity, 'object')
      .where('object.repositoryId = :repositoryId AND object.sha256 = ANY(:hashes)', { repositoryId, hashes })
      .getMany();
  }

  /** Only lost history has gaps, while it is pruned; a gap anywhere else is for somebody to see. */
  private pruned(what: string, repositoryId: number, oid: string): HubError {
    this.logger.warn(
      { repositoryId, oid },
      `A ${what} is missing: its commit is being deleted, or the database is damaged`,
    );
    return new HubError('RevisionNotFound', 'This revision is no longer here');
  }

  /** Adding it again is fine. */
  async addLfsObject(object: Omit<LfsObjectEntity, 'createdAt'>): Promise<void> {
    await this.database.manager.createQueryBuilder().insert().into(LfsObjectEntity).values(object).orIgnore().execute();
  }
}
