import { Injectable, Logger } from '@nestjs/common';
import { HistoryStore, type PruneProgress } from './history.store.js';
import { ReachableObjects } from './reachable-objects.js';

/** Deletes the commits that no ref has led to for long, and the trees and blobs that only they had. */
@Injectable()
export class HistoryPruner {
  private readonly logger = new Logger('Collector');

  constructor(private readonly store: HistoryStore) {}

  /**
   * Prunes every repository whose refs have let go of something; what cannot be done now is left to the next round.
   * @returns how many commits were deleted
   */
  async prune(lostBefore: Date, isStopped: () => boolean): Promise<number> {
    let deleted = 0;
    for (const repository of await this.store.cut()) {
      if (isStopped()) break;
      try {
        deleted += await this.pruneOne(repository, lostBefore, isStopped);
      } catch (err) {
        this.logger.warn({ err, repository }, 'Not pruned');
      }
    }
    return deleted;
  }

  private async pruneOne(repository: number, lostBefore: Date, isStopped: () => boolean): Promise<number> {
    const cut = await this.store.deleteLost(repository, lostBefore);
    if (cut && (await this.swept(repository, cut, isStopped))) await this.store.finish(repository, cut);
    return cut?.deleted ?? 0;
  }

  /**
   * Deletes trees and blobs that no commit leads to. What the commits need is found out beforehand, which may take long; with the
   * repository held only what has come since is added. False when it was stopped.
   */
  private async swept(repository: number, { unswept }: PruneProgress, isStopped: () => boolean): Promise<boolean> {
    if (!unswept) return true;
    const needed = new ReachableObjects();
    await needed.add(await this.store.roots(repository), (oids) => this.store.bodies(repository, oids));
    for (const table of ['trees', 'blobs'] as const) {
      for (let after: string | undefined = ''; after !== undefined;) {
        if (isStopped()) return false;
        after = await this.store.sweep(
          repository,
          { table, after },
          async (m) =>
            needed.add(await this.store.roots(repository, m), (oids) => this.store.bodies(repository, oids, m)),
          (oid) => needed.has(oid),
        );
      }
    }
    return true;
  }
}
