import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { RepoId } from '../../domain/repo-id.js';
import { CacheSpace } from './cache-space.service.js';
import { HeldFileStore } from './held-files.store.js';

/** The result of removing a repository from the cache. */
export interface RemovedRepository {
  readonly files: number;
  readonly bytes: number;
  /** Files that are being filled, and were not removed. */
  readonly busy: number;
}

/** Removes cached files for administrators. */
@Injectable()
export class ContentCacheAdmin {
  constructor(
    private readonly files: HeldFileStore,
    private readonly space: CacheSpace,
  ) {}

  /** Removes the files of a repository, except those that are pinned, that other repositories have as well, or that are being filled. */
  async evict(repo: RepoId): Promise<RemovedRepository> {
    let [files, bytes, busy] = [0, 0, 0];
    for (const id of await this.files.removable(repo)) {
      const removed = await this.space.remove({ id, owner: randomUUID() });
      if (removed) [files, bytes] = [files + 1, bytes + removed.bytes];
      else busy += 1;
    }
    await this.files.removeNames(repo);
    return { files, bytes, busy };
  }
}
