import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { Deliveries } from '../../fallback/sources/deliveries.service.js';
import type { ByteRate } from '../../fallback/upstream/byte-rate.js';
import type { CachedFile } from '../content-cache/cached-file.js';
import { ContentCache } from '../content-cache/content-cache.service.js';
import { CachedFilesService } from '../read/cached-files.service.js';
import type { PendingFile } from './prefetch-file.store.js';
import { PrefetchPlanner, repoOf } from './prefetch-planner.service.js';

/** A file becomes a blob soon after its last byte has been read. */
const PUBLISH_CHECKS = 50;
const PUBLISH_CHECK_MS = 200;

const NOT_CACHED =
  'It could not be stored in the content cache: there is no space for it, or the source sends other content than it announces. The log has the reason.';

/** How a file is fetched. */
export interface FillUse {
  readonly signal: AbortSignal;
  /** The limit of the job. */
  readonly rate: ByteRate | undefined;
  /** Called with the number of bytes that have arrived. */
  readonly onBytes: (bytes: number) => void;
}

/** Caches one file of a source, as if a client had read it. */
@Injectable()
export class PrefetchFiller {
  constructor(
    private readonly planner: PrefetchPlanner,
    private readonly resolver: FallbackResolver,
    private readonly deliveries: Deliveries,
    private readonly files: CachedFilesService,
    private readonly cache: ContentCache,
  ) {}

  /**
   * Returns when the cache has the whole file, verified.
   * @throws HubError the error of the source, or the reason why the file cannot be cached
   */
  async fill({ repoType, repoId, commit, path, size }: PendingFile, use: FillUse): Promise<void> {
    const segments = path.split('/');
    const operation = {
      kind: 'resolve',
      raw: false,
      method: 'GET',
      repo: repoOf(repoType, repoId),
      revision: commit,
      path: segments,
      query: [],
      conditions: {},
    } as const;
    const request = this.planner.request(operation, use.signal);
    const match = await this.resolver.locate(request);
    if (!match) throw new HubError('RepoNotFound', 'No source applies to this repository any longer.');
    const source = this.deliveries.settle(match.source, { repo: operation.repo, path: segments, size });
    const file = await this.files.fileOf({ ...match, source }, request);
    if (!file)
      throw new HubError(
        'UpstreamFailed',
        'The source does not report the digest of the file, so it cannot be cached.',
      );
    await this.read(limited(file, use.rate), use);
  }

  private async read(file: CachedFile, { signal, onBytes }: FillUse): Promise<void> {
    const range = { start: 0, end: file.identity.size - 1 };
    const find = async () => {
      const found = await this.cache.find(file, range, signal);
      if (!found) throw new HubError('StorageFull', NOT_CACHED);
      return found;
    };
    const read = await find();
    if (read.state === 'hit') return;
    for await (const piece of await read.open()) onBytes((piece as Uint8Array).byteLength);
    for (let check = 0; check < PUBLISH_CHECKS; check++) {
      if ((await find()).state === 'hit') return;
      await wait(PUBLISH_CHECK_MS, undefined, { signal });
    }
    throw new HubError('StorageFull', NOT_CACHED);
  }
}

/** The file with the bandwidth limit of a job, which does not apply while clients wait for the same bytes. */
function limited(file: CachedFile, rate: ByteRate | undefined): CachedFile {
  if (!rate) return file;
  return {
    ...file,
    fetch: async (range, signal, isAwaited) => {
      const { bytes, ...fetched } = await file.fetch(range, signal, isAwaited);
      const stream = Readable.from(bytes, { objectMode: false });
      return { ...fetched, bytes: rate.limit(stream, { isExempt: () => isAwaited?.() === true }) };
    },
  };
}
