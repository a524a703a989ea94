import { Injectable, Logger } from '@nestjs/common';
import { HistoryStore, type PruneProgress } from './history.store.js';
import { ReachableObjects } from './reachable-objects.js';

/** Deletes commits that have been unreachable for long enough, and the trees and blobs that only they used. */
@Injectable()
export class HistoryPruner {
  private readonly logger = new Logger('Collector');

  constructor(private readonly store: HistoryStore) {}

  /**
   * Prunes all repositories with refs that were moved or deleted. Failures are retried in the next run.
   *
   * @returns the number of deleted commits
   */
  async prune(unreachableBefore: Date, isStopped: () => boolean): Promise<number> {
    let deleted = 0;
    for (const repository of await this.store.pendingRepos()) {
      if (isStopped()) break;
      try {
        deleted += await this.pruneRepo(repository, unreachableBefore, isStopped);
      } catch (err) {
        this.logger.warn({ err, repository }, 'Failed to prune the history of a repository');
      }
    }
    return deleted;
  }

  private async pruneRepo(repository: number, unreachableBefore: Date, isStopped: () => boolean): Promise<number> {
    const progress = await this.store.deleteUnreachable(repository, unreachableBefore);
    if (progress && (await this.sweep(repository, progress, isStopped))) await this.store.finish(repository, progress);
    return progress?.deleted ?? 0;
  }

  /**
   * Deletes trees and blobs that no commit uses. The reachable objects are determined beforehand, since that may take long; while the
   * repository is locked, only objects added since then are examined.
   *
   * @returns false if stopped
   */
  private async sweep(repository: number, { unswept }: PruneProgress, isStopped: () => boolean): Promise<boolean> {
    if (!unswept) return true;
    const reachable = new ReachableObjects();
    await reachable.add(await this.store.roots(repository), (oids) => this.store.trees(repository, oids));
    for (const table of ['trees', 'blobs'] as const) {
      for (let after: string | undefined = ''; after !== undefined;) {
        if (isStopped()) return false;
        after = await this.store.sweep(
          repository,
          { table, after },
          async (m) =>
            reachable.add(await this.store.roots(repository, m), (oids) => this.store.trees(repository, oids, m)),
          (oid) => reachable.has(oid),
        );
      }
    }
    return true;
  }
}
