import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { decodeTree, isFolder } from '../store/git-objects.js';

/** Trees loaded at once. A tree with 100 000 entries takes 4 MB. */
const TREE_BATCH_SIZE = 16;

/** Loads the bodies of trees, by id. */
export type LoadBodies = (oids: readonly string[]) => Promise<ReadonlyMap<string, Buffer>>;

/** The set of trees and blobs reachable from root trees. Roots may be added in several steps; known trees are not walked again. */
export class ReachableObjects {
  private readonly oids = new Set<string>();

  has(oid: string): boolean {
    return this.oids.has(oid);
  }

  /** @throws Error if a tree is missing, because reachability cannot be determined without it */
  async add(roots: Iterable<string>, load: LoadBodies): Promise<void> {
    const queue = [...roots].filter((oid) => this.isNew(oid));
    while (queue.length > 0) {
      const batch = queue.splice(-TREE_BATCH_SIZE);
      const bodies = await load(batch);
      for (const oid of batch) {
        const body = bodies.get(oid);
        if (!body) throw new Error(`Tree ${oid} is missing`);
        for (const entry of decodeTree(body)) if (this.isNew(entry.oid) && isFolder(entry)) queue.push(entry.oid);
      }
      await yieldToEventLoop(); // The embedded database runs in this process and would block it otherwise.
    }
  }

  private isNew(oid: string): boolean {
    return !this.oids.has(oid) && this.oids.add(oid) !== undefined;
  }
}
