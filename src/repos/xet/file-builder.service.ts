import { Injectable } from '@nestjs/common';
import type { ShardFile } from './format/shard.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import { ContentReferences } from '../store/content-references.service.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { batches } from './batches.js';
import { ChunkReader } from './chunk-reader.service.js';
import type { UsedChunks } from './known-xorb.js';
import type { XetGrant } from './xet-grants.service.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

/** Makes large files of chunks. */
@Injectable()
export class FileBuilder {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly reader: ChunkReader,
    private readonly objects: LfsObjectsService,
    private readonly vault: ContentReferences,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Puts a file together, checks its SHA-256 and stores it as a large file of the repository. A client that has lost patience, or whose
   * proxy has, sends the shard again: it waits for what goes on already, and then finds it done.
   * @throws HubError `BadRequest` when the file comes out with another SHA-256, or a chunk is not here; then nothing is kept
   */
  build(file: ShardFile, grant: XetGrant): Promise<void> {
    return this.mutex.runExclusive(`${grant.repositoryId}:${file.sha256}`, async () => {
      if (!(await this.isBuilt(file, grant))) await this.buildNow(file, grant);
    });
  }

  /** The repository has the file, and building it again would free no xorb's bytes. */
  private async isBuilt({ sha256, size, terms }: ShardFile, { repositoryId, accountId }: XetGrant): Promise<boolean> {
    const present = await this.objects.present(repositoryId, [sha256]);
    if (present.get(sha256) !== size || (await this.vault.find(sha256)) !== size) return false;
    for (const some of batches(terms())) {
      const hashes = new Set(some.map(({ xorb }) => xorb));
      if (await this.xorbs.anyHasBytes([...hashes], accountId)) return false;
    }
    return true;
  }

  private async buildNow(file: ShardFile, { repositoryId, accountId }: XetGrant): Promise<void> {
    const used: UsedChunks[] = [];
    await this.objects.receive(repositoryId, this.content(file, accountId, used), file);
    for (const some of batches(used)) await this.xorbs.addRuns(file.sha256, some);
    for (const ids of batches(new Set(used.map(({ xorbId }) => xorbId)))) {
      for (const sha256 of await this.xorbs.release(ids)) await this.bytes.drop(sha256);
    }
  }

  private async *content(file: ShardFile, accountId: number, used: UsedChunks[]): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const term of file.terms()) {
      const { xorbId, content } = await this.reader.read(term, accountId);
      yield* content;
      used.push({ xorbId, first: term.first, end: term.end, offset });
      offset += term.size;
    }
  }
}
