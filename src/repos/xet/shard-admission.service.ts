import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { QuotaService, RUNNING_S } from '../quota/quota.service.js';
import { UploadLimits } from '../quota/upload-limits.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import type { ShardFile } from './format/shard.js';
import { splitIntoBatches } from './split-into-batches.js';
import { usedChunks } from './used-chunks.js';
import type { XetGrant } from './xet-grants.service.js';
import { XorbStore } from './xorb.store.js';

/** Checks the sizes of a shard's files before any of them is built: a small shard can describe very large files. */
@Injectable()
export class ShardAdmission {
  constructor(
    private readonly objects: LfsObjectsService,
    private readonly quotas: QuotaService,
    private readonly limits: UploadLimits,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * @throws HubError `PayloadTooLarge`, `QuotaExceeded`, `StorageFull`; `BadRequest` if the repository has a file with the same SHA-256 and
   * another size
   */
  async admit(files: readonly ShardFile[], grant: XetGrant): Promise<void> {
    for (const { size, sha256 } of files) this.limits.requireSize(size, sha256);
    const missing = await this.missing(files, grant.repositoryId);
    if (missing.length === 0) return;
    await this.limits.requireSpace(missing.reduce((sum, { size }) => sum + size, 0));
    await this.quotas.admit(
      grant.repositoryId,
      missing.map(({ sha256, size }) => ({ key: sha256, bytes: size })),
      { seconds: RUNNING_S, credit: () => this.releasableBytes(files, grant) },
    );
  }

  private async missing(files: readonly ShardFile[], repositoryId: number): Promise<ShardFile[]> {
    const missing = new Map<string, ShardFile>();
    for (const batch of splitIntoBatches(files)) {
      const hashes = batch.map(({ sha256 }) => sha256);
      const present = await this.objects.present(repositoryId, hashes);
      for (const file of batch) {
        const size = present.get(file.sha256) ?? missing.get(file.sha256)?.size;
        if (size !== undefined && size !== file.size) throw differentSize(file, size);
        if (!present.has(file.sha256)) missing.set(file.sha256, file);
      }
    }
    return [...missing.values()];
  }

  /** The xorbs count as storage until they are part of a file. */
  private async releasableBytes(files: readonly ShardFile[], grant: XetGrant): Promise<number> {
    let bytes = 0;
    for (const used of await runInSteps(usedChunks(files))) bytes += await this.xorbs.releasableBytes(grant, used);
    return bytes;
  }
}

const differentSize = ({ sha256, size }: ShardFile, actual: number): HubError =>
  new HubError('BadRequest', `The shard describes ${sha256} with ${size} bytes, but this file has ${actual} bytes`);
