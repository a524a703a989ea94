import { Injectable } from '@nestjs/common';
import type { ShardFile } from './format/shard.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import { ContentReferences } from '../store/content-references.service.js';
import { DamagedContent } from '../store/damaged-content.service.js';
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

/** A file while it is created. */
interface Build {
  readonly file: FileToBuild;
  /** Hashes of the blobs that have been read. */
  readonly blobs: Set<string>;
  /** Hashes of blobs that the storage has lost. */
  readonly lost: Set<string>;
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
    private readonly damaged: DamagedContent,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Creates a file, checks its SHA-256, and stores it as a large file of the repository. A client that retries after a timeout waits for
   * the build that is already running. The build ends when no client waits for it any longer.
   *
   * @param client - aborted when the client disconnects
   * @throws HubError `BadRequest` if a chunk is missing or the file has another SHA-256, `ContentMissing` if the storage has lost a chunk; nothing
   * is stored then
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

  /** If the file is not as announced because stored chunks are damaged, it is created from other copies of them if there are any. */
  private async create(file: FileToBuild, grant: XetGrant, signal: AbortSignal): Promise<void> {
    const build = { file, blobs: new Set<string>(), lost: new Set<string>() };
    const used = await this.receive(build, grant, signal).catch(async (error: unknown) => {
      const isInvalid = error instanceof HubError && error.code === 'BadRequest' && !signal.aborted;
      if (!isInvalid || !(await this.damaged.setAside(build.blobs))) throw error;
      return this.receive(build, grant, signal);
    });
    build.lost.delete(file.sha256);
    await this.xorbs.deleteRuns([...build.lost]); // otherwise `release` would rely on them
    for (const batch of splitIntoBatches(used)) await this.xorbs.addRuns(file.sha256, batch);
    for (const ids of splitIntoBatches(new Set(used.map(({ xorbId }) => xorbId)))) {
      for (const sha256 of await this.xorbs.release(ids)) await this.bytes.delete(sha256);
    }
  }

  private async receive(build: Build, grant: XetGrant, signal: AbortSignal): Promise<ChunkUsage[]> {
    const used: ChunkUsage[] = [];
    const content = whileWanted(this.content(build, grant.accountId, used), signal);
    await this.objects.receive(grant.repositoryId, content, build.file);
    return used;
  }

  private async *content(
    { file, blobs, lost }: Build,
    accountId: number,
    used: ChunkUsage[],
  ): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const term of file.terms()) {
      const source = await this.reader.read(term, accountId);
      for (const sha256 of source.blobs) blobs.add(sha256);
      for (const sha256 of source.lost) lost.add(sha256);
      yield* source.content;
      used.push({ xorbId: source.xorbId, first: term.first, end: term.end, offset });
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
