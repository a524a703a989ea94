import { Injectable } from '@nestjs/common';
import { decodeTree, isFolder } from './git-objects.js';
import type { LocalRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { ReachableCommits } from './reachable-commits.store.js';

/** Ids of folders and files that exist. */
export interface FoundObjects {
  readonly trees: ReadonlySet<string>;
  readonly blobs: ReadonlySet<string>;
}

/** Finds folders and files by their git ids. As with commits, objects of deleted history are hidden from callers without write access. */
@Injectable()
export class ReadableObjectsService {
  constructor(
    private readonly objects: ObjectStore,
    private readonly reachable: ReachableCommits,
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

  private async mayHaveHiddenHistory(repository: LocalRepo): Promise<boolean> {
    if (!(await this.reachable.mayHaveUnreachable(repository.id))) return false;
    return (await repository.callerMayWrite?.()) !== true;
  }

  /** Walks the folders of all reachable commits until all objects are found, which takes as long as the start of a clone. */
  private async reachedAmong(repositoryId: number, wanted: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const seen = new Set(await this.reachable.rootTrees(repositoryId));
    const found = new Set([...seen].filter((oid) => wanted.has(oid)));
    for (let level = [...seen]; level.length > 0 && found.size < wanted.size;) {
      const nextLevel: string[] = [];
      for await (const { body } of this.objects.treeBodies(repositoryId, level)) {
        for (const entry of decodeTree(body)) {
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
