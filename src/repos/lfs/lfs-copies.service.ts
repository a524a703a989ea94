import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { ContentReferences } from '../store/content-references.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';

/** A large file that could not be copied, as clients print it. */
export interface FailedCopy {
  readonly sha256: string;
  readonly error: string;
}

/** Gives large files of one repository to another without moving bytes. */
@Injectable()
export class LfsCopiesService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly objects: LfsObjectsService,
    private readonly vault: ContentReferences,
  ) {}

  /**
   * Afterwards commits of the target may name these files.
   * @throws HubError as `RepoAccessService.readable` for the source, as its `writable` for the target
   */
  async copy(from: RepoId, to: RepoId, caller: Caller, hashes: readonly string[]): Promise<FailedCopy[]> {
    const source = await this.access.readable(from, caller);
    const target = await this.access.writable(to, caller);
    // touched first, then looked at, as `ContentReferences` wants it; only what the source has: a hash alone touches nothing
    await this.vault.touch([...(await this.objects.present(source.id, hashes)).keys()]);
    const found = await this.objects.present(source.id, hashes);
    for (const [sha256, size] of found) await this.objects.add(target.id, { sha256, size });
    return hashes
      .filter((sha256) => !found.has(sha256))
      .map((sha256) => ({ sha256, error: 'The source repository has no such large file' }));
  }
}
