import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { decodeTree, isFolder } from './git-objects.js';
import type { LocalRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { ReachableCommits } from './reachable-commits.store.js';

/** Ids of folders and files that exist. */
export interface FoundObjects {
  readonly trees: ReadonlySet<string>;
  readonly blobs: ReadonlySet<string>;
}

/** A repository that is read, and whether the caller may write to it. */
type Reader = Pick<LocalRepo, 'id' | 'callerMayWrite'>;

/** Finds folders and files by their git ids. As with commits, objects of deleted history are hidden from callers without write access. */
@Injectable()
export class ReadableObjectsService {
  constructor(
    private readonly objects: ObjectStore,
    private readonly reachable: ReachableCommits,
    @InjectDataSource() private readonly database: DataSource,
  ) {}

  async find(repository: LocalRepo, oids: readonly string[]): Promise<FoundObjects> {
    if (oids.length === 0) return { trees: new Set(), blobs: new Set() };
    const trees = await this.objects.existingTrees(repository.id, oids);
    const blobs = new Set((await this.objects.blobs(repository.id, oids)).keys());
    if (!(await this.mayHaveHiddenHistory(repository))) return { trees, blobs };
    const reached = await this.reachedAmong(repository.id, new Set([...trees, ...blobs]));
    const isReached = (oid: string): boolean => reached.has(oid);
    return { trees: new Set([...trees].filter(isReached)), blobs: new Set([...blobs].filter(isReached)) };
  }

  /** The LFS objects that the caller may download: with write access all of them, otherwise those that a readable file points to. */
  async lfsObjects(repository: Reader, hashes: readonly string[]): Promise<readonly string[]> {
    if (!(await this.mayHaveHiddenHistory(repository))) return hashes;
    const pointers = await this.pointers(repository.id, hashes);
    const reached = await this.reachedAmong(repository.id, new Set(pointers.keys()));
    return [...reached].map((oid) => pointers.get(oid)!);
  }

  /** The git ids of the pointers to these LFS objects, with the SHA-256 of each. */
  private async pointers(repositoryId: number, hashes: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ oid: string; sha256: string }[]>(
      'SELECT oid, sha256 FROM blobs WHERE repository_id = $1 AND sha256 = ANY($2) AND lfs',
      [repositoryId, hashes],
    );
    return new Map(rows.map(({ oid, sha256 }) => [oid, sha256]));
  }

  private async mayHaveHiddenHistory(repository: Reader): Promise<boolean> {
    if (!(await this.reachable.mayHaveUnreachable(repository.id))) return false;
    return (await repository.callerMayWrite?.()) !== true;
  }

  /** Walks the folders of all reachable commits until all objects are found, which takes as long as the start of a clone. */
  private async reachedAmong(repositoryId: number, wanted: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const turns = new EventLoopTurns();
    const seen = new Set(await this.reachable.rootTrees(repositoryId));
    const found = new Set([...seen].filter((oid) => wanted.has(oid)));
    for (let level = [...seen]; level.length > 0 && found.size < wanted.size;) {
      const nextLevel: string[] = [];
      for await (const { body } of this.objects.treeBodies(repositoryId, level)) {
        for (const entry of decodeTree(body)) {
          if (turns.isOver) await turns.next();
          if (seen.has(entry.oid)) continue;
          seen.add(entry.oid);
          if (wanted.has(entry.oid)) found.add(entry.oid);
          if (isFolder(entry)) nextLevel.push(entry.oid);
        }
        if (found.size === wanted.size) break;
      }
      level = nextLevel;
    }
    return found;
  }
}
