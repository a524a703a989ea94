import { setImmediate as othersTurn } from 'node:timers/promises';
import { decodeTree, isFolder } from '../store/git-objects.js';

/** A root with a hundred thousand entries has 4 MB. */
const TREES_AT_ONCE = 16;

/** Fetches the bodies of trees, by id. */
export type LoadBodies = (oids: readonly string[]) => Promise<ReadonlyMap<string, Buffer>>;

/** The trees and blobs that some roots lead to. More roots may be added: what is known already is not walked again. */
export class ReachableObjects {
  private readonly known = new Set<string>();

  has(oid: string): boolean {
    return this.known.has(oid);
  }

  /** @throws Error when a tree is missing: then nobody can tell what else is needed */
  async add(roots: Iterable<string>, load: LoadBodies): Promise<void> {
    const waiting = [...roots].filter((oid) => this.isNew(oid));
    while (waiting.length > 0) {
      const some = waiting.splice(-TREES_AT_ONCE);
      const bodies = await load(some);
      for (const oid of some) {
        const body = bodies.get(oid);
        if (!body) throw new Error(`The tree ${oid} is missing`);
        for (const entry of decodeTree(body)) if (this.isNew(entry.oid) && isFolder(entry)) waiting.push(entry.oid);
      }
      await othersTurn(); // the embedded database answers before anything else in this process gets a word in
    }
  }

  private isNew(oid: string): boolean {
    return !this.known.has(oid) && this.known.add(oid) !== undefined;
  }
}
