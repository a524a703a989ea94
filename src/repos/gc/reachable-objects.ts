import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { decodeTree, isFolder } from '../store/git-objects.js';
import type { RequestedTree } from '../store/trees.queries.js';

/** Loads trees, by id. */
export type LoadTrees = (oids: readonly string[]) => AsyncIterable<RequestedTree>;

/** The set of trees and blobs reachable from root trees. Roots may be added in several steps; known trees are not walked again. */
export class ReachableObjects {
  private readonly oids = new Set<string>();

  has(oid: string): boolean {
    return this.oids.has(oid);
  }

  /** @throws Error if a tree is missing, because reachability cannot be determined without it */
  async add(roots: Iterable<string>, load: LoadTrees): Promise<void> {
    const turns = new EventLoopTurns();
    for (let level = [...roots].filter((oid) => this.isNew(oid)); level.length > 0;) {
      const nextLevel: string[] = [];
      for await (const { oid, body } of load(level)) {
        if (!body) throw new Error(`Tree ${oid} is missing`);
        for (const entry of decodeTree(body)) {
          if (this.isNew(entry.oid) && isFolder(entry)) nextLevel.push(entry.oid);
          if (turns.isOver) await turns.next();
        }
      }
      level = nextLevel;
    }
  }

  private isNew(oid: string): boolean {
    return !this.oids.has(oid) && this.oids.add(oid) !== undefined;
  }
}
