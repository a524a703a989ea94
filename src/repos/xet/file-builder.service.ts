import { Injectable } from '@nestjs/common';
import type { ShardFile } from './format/shard.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import { DamagedContent } from '../store/damaged-content.service.js';
import { ContentReferences } from '../store/content-references.service.js';
import { HubError } from '../../domain/hub-error.js';
import type { BufferBudget } from '../../platform/storage/buffer-budget.js';
import { ClientPresence } from '../../platform/async/client-presence.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { ChunkReader } from './chunk-reader.service.js';
import { groupFiles } from './file-groups.js';
import { PartRecorder } from './part-recorder.service.js';
import { splitIntoBatches } from './split-into-batches.js';
import type { ChunkUsage } from './stored-xorb.js';
import type { XetGrant } from './xet-grants.service.js';
import { XorbBytes } from './xorb-bytes.service.js';
import type { XorbLookup } from './xorb-lookup.js';
import { usesXorb, xorbsOf } from './used-chunks.js';
import { XorbStore } from './xorb.store.js';

/** Files that are created at the same time. Creating a small one mostly waits for the disk. */
const CONCURRENT_FILES = 4;

/** The upload that files are created for. */
export interface BuildRequest {
  readonly grant: XetGrant;
  /** Aborted when the client disconnects. */
  readonly client: AbortSignal;
  /** Memory for the contents while they are stored. */
  readonly memory?: BufferBudget | undefined;
}

/** The files of a group while they are created. */
interface Build {
  readonly files: readonly ShardFile[];
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
    private readonly parts: PartRecorder,
  ) {}

  /**
   * Creates files, checks their SHA-256, and stores them as large files of the repository. Small files are created in groups, so that the number
   * of queries does not grow with each of them. A client that retries after a timeout waits for the build that is already running. The build ends
   * when no client waits for it any longer.
   *
   * @throws HubError `BadRequest` if a chunk is missing or a file has another SHA-256, `ContentMissing` if the storage has lost a chunk; no file of its
   * group is stored then
   */
  async build(files: Iterable<ShardFile>, request: BuildRequest): Promise<void> {
    for (const group of groupFiles(files)) {
      if (request.client.aborted)
        throw new HubError('BadRequest', 'The client disconnected before all files were created.');
      await this.buildGroup(group, request);
    }
  }

  private async buildGroup(group: readonly ShardFile[], request: BuildRequest): Promise<void> {
    const { repositoryId } = request.grant;
    const keys = [...new Set(group.map(({ sha256 }) => `${repositoryId}:${sha256}`))].sort();
    const { signal, leave } = this.clients.join(keys.join(' '), request.client);
    try {
      await this.exclusively(keys, async () => {
        throwIfAbandoned(signal);
        const missing = await this.missing(group, request.grant);
        if (missing.length > 0) await this.create(missing, request, signal);
      });
    } finally {
      leave();
    }
  }

  /** No two builds create the same file. In the order of the keys, so that builds cannot wait for each other. */
  private exclusively(keys: readonly string[], task: () => Promise<void>): Promise<void> {
    return keys.reduceRight((inner, key) => () => this.mutex.runExclusive(key, inner), task)();
  }

  /** The files that the repository does not have, or whose build would release the bytes of a xorb. */
  private async missing(group: readonly ShardFile[], { repositoryId, accountId }: XetGrant): Promise<ShardFile[]> {
    const files = [...new Map(group.map((file) => [file.sha256, file])).values()];
    const present = await this.objects.present(
      repositoryId,
      files.map(({ sha256 }) => sha256),
    );
    const known = files.filter(({ sha256, size }) => present.get(sha256) === size);
    if (known.length === 0) return files;
    await this.references.touch(known);
    const intact = new Set((await this.references.intact(known)).map(({ sha256 }) => sha256));
    const withBytes = await this.withBytes(known, accountId);
    const missing: ShardFile[] = [];
    for (const file of files)
      if (!intact.has(file.sha256) || (await runInSteps(usesXorb(file, withBytes)))) missing.push(file);
    return missing;
  }

  private async withBytes(files: readonly ShardFile[], accountId: number): Promise<Set<string>> {
    const found = new Set<string>();
    for (const hashes of splitIntoBatches(await runInSteps(xorbsOf(files))))
      for (const hash of await this.xorbs.withBytes(hashes, accountId)) found.add(hash);
    return found;
  }

  /** If a file is not as announced because stored chunks are damaged, it is created from other copies of them if there are any. */
  private async create(files: readonly ShardFile[], request: BuildRequest, signal: AbortSignal): Promise<void> {
    const build = { files, blobs: new Set<string>(), lost: new Set<string>() };
    const used = await this.receive(build, request, signal).catch(async (error: unknown) => {
      const isInvalid = error instanceof HubError && error.code === 'BadRequest' && !signal.aborted;
      if (!isInvalid || !(await this.damaged.setAside(build.blobs))) throw error;
      return this.receive(build, request, signal);
    });
    for (const { sha256 } of files) build.lost.delete(sha256);
    await this.xorbs.deleteRuns([...build.lost]); // otherwise `release` would rely on them
    for (const batch of splitIntoBatches(used)) await this.xorbs.addRuns(batch);
    await this.parts.record(files, used);
    for (const ids of splitIntoBatches(new Set(used.map(({ xorbId }) => xorbId))))
      await this.bytes.deleteAll(await this.xorbs.release(ids));
  }

  private async receive(
    build: Build,
    { grant: { repositoryId, accountId }, memory }: BuildRequest,
    signal: AbortSignal,
  ): Promise<ChunkUsage[]> {
    const used: ChunkUsage[] = [];
    const lookup = await this.reader.prepare(await runInSteps(xorbsOf(build.files)), accountId);
    const objects = build.files.map((file) => ({
      announced: { sha256: file.sha256, size: file.size, ...(memory && { memory }) },
      open: () => whileWanted(this.content(file, lookup, { ...build, used }), signal),
    }));
    await this.objects.receiveAll(repositoryId, objects, CONCURRENT_FILES);
    return used;
  }

  private async *content(
    file: ShardFile,
    lookup: XorbLookup,
    { blobs, lost, used }: Pick<Build, 'blobs' | 'lost'> & { readonly used: ChunkUsage[] },
  ): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const term of file.terms()) {
      const source = await this.reader.read(term, lookup);
      for (const sha256 of source.blobs) blobs.add(sha256);
      for (const sha256 of source.lost) lost.add(sha256);
      yield* source.content;
      used.push({ xorbId: source.xorbId, first: term.first, end: term.end, sha256: file.sha256, offset });
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
