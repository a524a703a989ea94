import { Inject, Injectable, Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { locateChunks, type FileRange } from './locate-chunks.js';
import type { ShardTerm } from './format/shard.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { isMissingContent } from '../../platform/storage/missing-content.js';
import { ContentReferences } from '../store/content-references.service.js';
import type { StoredXorb } from './stored-xorb.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { MAX_LOOKED_UP_XORBS, XorbLookup } from './xorb-lookup.js';
import { XorbStore } from './xorb.store.js';

/** The content of a term, and where it is read from. */
export interface TermContent {
  readonly xorbId: number;
  /** Hashes of the stored blobs that have it. */
  readonly blobs: readonly string[];
  /** Hashes of large files that should have it, but that the storage has lost. */
  readonly lost: readonly string[];
  readonly content: AsyncIterable<Uint8Array>;
}

type Source = Pick<TermContent, 'blobs' | 'content'>;

/** How users of the Hugging Face clients can recover when their local Xet cache contains chunks that the hub does not have. */
const REMEDY =
  'Delete ~/.cache/huggingface/xet on the machine that uploads, or set HF_HUB_DISABLE_XET=1, and upload again.';

/** Reads the contents of chunks: from their xorb while its bytes are stored, later from the large files that were created from them. */
@Injectable()
export class ChunkReader {
  private readonly logger = new Logger('Xet');

  constructor(
    private readonly xorbs: XorbStore,
    private readonly bytes: XorbBytes,
    private readonly references: ContentReferences,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * Prepares to read terms. The first xorbs are looked up together, and further ones when they are needed.
   *
   * @param hashes - xorbs that will be read
   */
  async prepare(hashes: readonly string[], accountId: number): Promise<XorbLookup> {
    const lookup = new XorbLookup(async (missing) => {
      const found = await this.xorbs.find(missing, accountId);
      const bytes = [...found.values()].flat().flatMap(({ sha256 }) => sha256 ?? []);
      if (bytes.length > 0) await this.bytes.touch(bytes);
      return found;
    });
    await lookup.load(hashes.slice(0, MAX_LOOKED_UP_XORBS));
    return lookup;
  }

  /**
   * The content fails with `ContentMissing` while it is read if the storage has lost it.
   *
   * @throws HubError `BadRequest` if the hub does not have chunks of the term, or they do not match it
   */
  async read(term: ShardTerm, lookup: XorbLookup): Promise<TermContent> {
    const known = await this.stored(await this.matching(term, lookup), term);
    if (known) return known;
    lookup.forget(term.xorb); // since it was looked up, another shard may have deleted its bytes, which are part of a file then
    const matching = await this.matching(term, lookup);
    const found = await this.stored(matching, term);
    if (found) return found;
    for (const xorb of matching) {
      const source = this.recordedSource(xorb, term);
      if (source) return { xorbId: xorb.id, lost: [], ...source };
    }
    throw this.missing(`The chunks ${term.first} to ${term.end - 1} of the xorb ${term.xorb} are no longer stored`);
  }

  private async matching(term: ShardTerm, lookup: XorbLookup): Promise<StoredXorb[]> {
    const all = await lookup.get(term.xorb);
    if (all.length === 0) throw this.missing(`The xorb ${term.xorb} does not exist on this hub`);
    const matching = all.filter((xorb) => matchesTerm(xorb, term));
    if (matching.length === 0) throw mismatch(term, all[0]!);
    return matching;
  }

  private async stored(xorbs: readonly StoredXorb[], term: ShardTerm): Promise<TermContent | undefined> {
    const lost = new Set<string>();
    for (const xorb of xorbs) {
      const source = await this.storedSource(xorb, term, lost);
      if (source) return { xorbId: xorb.id, lost: [...lost], ...source };
    }
    return undefined;
  }

  /** Logs the remedy, since hf_xet shows only the status to its users. */
  private missing(message: string): HubError {
    this.logger.warn(`A Xet upload failed. ${message}. ${REMEDY}`);
    return new HubError('BadRequest', message, { detail: REMEDY });
  }

  private async storedSource(xorb: StoredXorb, term: ShardTerm, lost: Set<string>): Promise<Source | undefined> {
    const ranges = await this.storedRanges(xorb, term, lost);
    if (ranges) return this.inFiles(ranges);
    return xorb.sha256 !== null && (await this.bytes.isStored(xorb.sha256)) ? this.inBytes(xorb, term) : undefined;
  }

  /** Where the chunks are according to the database. Garbage collection does not delete this, so if it is not stored, it has been lost. */
  private recordedSource(xorb: StoredXorb, term: ShardTerm): Source | undefined {
    const ranges = locateChunks(xorb.runs, xorb.layout.plainAt, term);
    return ranges ? this.inFiles(ranges) : this.inBytes(xorb, term);
  }

  private inFiles(ranges: readonly FileRange[]): Source {
    return { blobs: ranges.map(({ sha256 }) => sha256), content: explained(this.readRanges(ranges)) };
  }

  private inBytes(xorb: StoredXorb, { first, end }: ShardTerm): Source | undefined {
    const { sha256 } = xorb;
    if (sha256 === null) return undefined;
    return { blobs: [sha256], content: explained(this.bytes.chunks(sha256, xorb, first, end)) };
  }

  /** Ignores large files that the storage does not have, and adds them to `lost`. */
  private async storedRanges(
    { runs, layout }: StoredXorb,
    term: ShardTerm,
    lost: Set<string>,
  ): Promise<FileRange[] | undefined> {
    for (;;) {
      const present = lost.size === 0 ? runs : runs.filter(({ sha256 }) => !lost.has(sha256));
      const ranges = locateChunks(present, layout.plainAt, term);
      const deleted = ranges && (await this.findDeleted(ranges));
      if (deleted === undefined) return ranges;
      lost.add(deleted);
    }
  }

  private async findDeleted(ranges: readonly FileRange[]): Promise<string | undefined> {
    for (const sha256 of new Set(ranges.map((range) => range.sha256))) {
      if ((await this.references.find(sha256)) === undefined) return sha256;
    }
    return undefined;
  }

  private async *readRanges(ranges: readonly FileRange[]): AsyncGenerator<Uint8Array> {
    for (const { sha256, offset, size } of ranges) {
      yield* this.blobs.open(sha256, { start: offset, end: offset + size - 1 }) as AsyncIterable<Uint8Array>;
    }
  }
}

/** Explains to users of a client that reuses chunks of earlier uploads why the upload fails. */
async function* explained(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (cause) {
    if (!isMissingContent(cause)) throw cause;
    const message = `Chunks of this file are missing from the storage of the hub, or damaged in it. ${REMEDY}`;
    throw new HubError('ContentMissing', message, { cause });
  }
}

const matchesTerm = ({ layout: { count, plainAt } }: StoredXorb, { first, end, size }: ShardTerm): boolean =>
  end <= count && plainAt[end]! - plainAt[first]! === size;

function mismatch({ xorb, first, end, size }: ShardTerm, { layout: { count, plainAt } }: StoredXorb): HubError {
  const chunks = `chunks ${first} to ${end - 1} of the xorb ${xorb}`;
  if (end > count) return new HubError('BadRequest', `The shard refers to the ${chunks}, which has ${count} chunks`);
  const actual = plainAt[end]! - plainAt[first]!;
  return new HubError('BadRequest', `The ${chunks} have ${actual} bytes, not ${size} as in the shard`);
}
