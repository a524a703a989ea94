import { Injectable } from '@nestjs/common';
import type { ShardFile } from './format/shard.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import { ContentReferences } from '../store/content-references.service.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { ChunkReader } from './chunk-reader.service.js';
import { splitIntoBatches } from './split-into-batches.js';
import type { ChunkUsage } from './stored-xorb.js';
import type { XetGrant } from './xet-grants.service.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

/** Creates large files from chunks. */
@Injectable()
export class FileBuilder {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly reader: ChunkReader,
    private readonly objects: LfsObjectsService,
    private readonly references: ContentReferences,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Creates a file, checks its SHA-256, and stores it as a large file of the repository. A client that retries after a timeout waits for
   * the build that is already running.
   *
   * @throws HubError `BadRequest` if a chunk is missing or the file has another SHA-256; nothing is stored then
   */
  build(file: ShardFile, grant: XetGrant): Promise<void> {
    return this.mutex.runExclusive(`${grant.repositoryId}:${file.sha256}`, async () => {
      if (!(await this.isBuilt(file, grant))) await this.create(file, grant);
    });
  }

  /** Whether the repository has the file, and another build would not release the bytes of any xorb. */
  private async isBuilt({ sha256, size, terms }: ShardFile, { repositoryId, accountId }: XetGrant): Promise<boolean> {
    const present = await this.objects.present(repositoryId, [sha256]);
    if (present.get(sha256) !== size || (await this.references.find(sha256)) !== size) return false;
    for (const batch of splitIntoBatches(terms())) {
      const hashes = new Set(batch.map(({ xorb }) => xorb));
      if (await this.xorbs.anyHasBytes([...hashes], accountId)) return false;
    }
    return true;
  }

  private async create(file: ShardFile, { repositoryId, accountId }: XetGrant): Promise<void> {
    const used: ChunkUsage[] = [];
    await this.objects.receive(repositoryId, this.content(file, accountId, used), file);
    for (const batch of splitIntoBatches(used)) await this.xorbs.addRuns(file.sha256, batch);
    for (const ids of splitIntoBatches(new Set(used.map(({ xorbId }) => xorbId)))) {
      for (const sha256 of await this.xorbs.release(ids)) await this.bytes.delete(sha256);
    }
  }

  private async *content(file: ShardFile, accountId: number, used: ChunkUsage[]): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const term of file.terms()) {
      const { xorbId, content } = await this.reader.read(term, accountId);
      yield* content;
      used.push({ xorbId, first: term.first, end: term.end, offset });
      offset += term.size;
    }
  }
}
