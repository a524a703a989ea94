import { Injectable } from '@nestjs/common';
import type { ShardFile } from './format/shard.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import { ContentReferences } from '../store/content-references.service.js';
import { HubError } from '../../domain/hub-error.js';
import type { BufferBudget } from '../../platform/storage/buffer-budget.js';
import { ClientPresence } from '../../platform/async/client-presence.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { ChunkReader } from './chunk-reader.service.js';
import { splitIntoBatches } from './split-into-batches.js';
import type { ChunkUsage } from './stored-xorb.js';
import type { XetGrant } from './xet-grants.service.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

/** A file, and the memory for its content while it is stored. */
export interface FileToBuild extends ShardFile {
  readonly memory?: BufferBudget;
}

/** Creates large files from chunks. */
@Injectable()
export class FileBuilder {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly clients: ClientPresence,
    private readonly reader: ChunkReader,
    private readonly objects: LfsObjectsService,
    private readonly references: ContentReferences,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Creates a file, checks its SHA-256, and stores it as a large file of the repository. A client that retries after a timeout waits for
   * the build that is already running. The build ends when no client waits for it any longer.
   *
   * @param client - aborted when the client disconnects
   * @throws HubError `BadRequest` if a chunk is missing or the file has another SHA-256; nothing is stored then
   */
  async build(file: FileToBuild, grant: XetGrant, client: AbortSignal): Promise<void> {
    const key = `${grant.repositoryId}:${file.sha256}`;
    const { signal, leave } = this.clients.join(key, client);
    try {
      await this.mutex.runExclusive(key, async () => {
        throwIfAbandoned(signal);
        if (!(await this.isBuilt(file, grant))) await this.create(file, grant, signal);
      });
    } finally {
      leave();
    }
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

  private async create(file: FileToBuild, { repositoryId, accountId }: XetGrant, signal: AbortSignal): Promise<void> {
    const used: ChunkUsage[] = [];
    const content = whileWanted(this.content(file, accountId, used), signal);
    await this.objects.receive(repositoryId, content, file);
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

/** Ends the content with an error when no client waits for it, so that the store deletes what it has received. */
async function* whileWanted(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    throwIfAbandoned(signal);
    yield chunk;
  }
}

function throwIfAbandoned({ aborted }: AbortSignal): void {
  if (aborted)
    throw new HubError('BadRequest', 'The client disconnected before the file was complete. Upload it again.');
}
