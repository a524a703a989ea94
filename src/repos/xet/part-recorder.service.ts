import { Inject, Injectable, Logger } from '@nestjs/common';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { ShardFile } from './format/shard.js';
import { FilePartStore } from './file-part.store.js';
import { partsOf, type StoredPart, type UsedTerm } from './file-parts.js';
import type { ChunkUsage } from './stored-xorb.js';
import { XetIds } from './xet-ids.js';
import { XorbStore } from './xorb.store.js';

/** Terms whose xorbs are loaded together. The layout of a xorb takes some 20 kB. */
const BATCH_SIZE = 200;

/** Records the chunks of files that were uploaded over Xet, so that clients with a cache of chunks download only what has changed. */
@Injectable()
export class PartRecorder {
  private readonly logger = new Logger('Xet');

  constructor(
    private readonly xorbs: XorbStore,
    private readonly parts: FilePartStore,
    private readonly ids: XetIds,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /**
   * Records the files that are offered over Xet. Without a record, a file is described as chunks of equal size, so an upload does not fail if this does.
   *
   * @param used - the chunks that the files were created from, in the order of each file
   */
  async record(files: readonly ShardFile[], used: readonly ChunkUsage[]): Promise<void> {
    const { reads, threshold } = this.config.xet;
    for (const { sha256, size } of files) {
      if (!reads || size <= threshold) continue;
      try {
        const parts = await this.partsOf(used.filter((usage) => usage.sha256 === sha256));
        if (parts) await this.parts.add(sha256, parts);
      } catch (err) {
        this.logger.warn({ err, sha256 }, 'The chunks of an uploaded file could not be recorded');
      }
    }
  }

  private async partsOf(used: readonly ChunkUsage[]): Promise<StoredPart[] | undefined> {
    const parts: StoredPart[] = [];
    for (let at = 0; at < used.length; at += BATCH_SIZE) {
      const terms = await this.termsOf(used.slice(at, at + BATCH_SIZE));
      const found = await runInSteps(partsOf(terms, (...content) => this.ids.xorbId(...content)));
      if (!found) return undefined;
      for (const part of found) parts.push(part); // too many for arguments
    }
    return parts;
  }

  private async termsOf(used: readonly ChunkUsage[]): Promise<UsedTerm[]> {
    const xorbs = await this.xorbs.byIds([...new Set(used.map(({ xorbId }) => xorbId))]);
    return used.map(({ xorbId, first, end, offset }) => {
      const { layout, runs = [] } = xorbs.get(xorbId) ?? {};
      return { first, end, offset, plainAt: layout?.plainAt ?? [], runs };
    });
  }
}
