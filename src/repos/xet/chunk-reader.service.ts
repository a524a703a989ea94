import { Inject, Injectable, Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { locateChunks, type FileRange } from './locate-chunks.js';
import type { ShardTerm } from './format/shard.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { ContentReferences } from '../store/content-references.service.js';
import type { StoredXorb } from './stored-xorb.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { MAX_LOOKED_UP_XORBS, XorbLookup } from './xorb-lookup.js';
import { XorbStore } from './xorb.store.js';

/** The content of a term, and the xorb that it is read from. */
export interface TermContent {
  readonly xorbId: number;
  readonly content: AsyncIterable<Uint8Array>;
}

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
  async prepare(hashes: ReadonlySet<string>, accountId: number): Promise<XorbLookup> {
    const lookup = new XorbLookup(async (missing) => {
      const found = await this.xorbs.find(missing, accountId);
      const bytes = [...found.values()].flat().flatMap(({ sha256 }) => sha256 ?? []);
      if (bytes.length > 0) await this.bytes.touch(bytes);
      return found;
    });
    await lookup.load([...hashes].slice(0, MAX_LOOKED_UP_XORBS));
    return lookup;
  }

  /** @throws HubError `BadRequest` if chunks of the term are missing or do not match it */
  async read(term: ShardTerm, lookup: XorbLookup): Promise<TermContent> {
    const content = (await this.find(term, lookup)) ?? (await this.findAgain(term, lookup));
    if (content) return content;
    throw this.missing(`The chunks ${term.first} to ${term.end - 1} of the xorb ${term.xorb} are no longer stored`);
  }

  /** Another shard may have deleted the bytes of the xorb since it was looked up: they are part of a file then. */
  private async findAgain(term: ShardTerm, lookup: XorbLookup): Promise<TermContent | undefined> {
    lookup.forget(term.xorb);
    return this.find(term, lookup);
  }

  private async find(term: ShardTerm, lookup: XorbLookup): Promise<TermContent | undefined> {
    const stored = await lookup.get(term.xorb);
    if (stored.length === 0) throw this.missing(`The xorb ${term.xorb} does not exist on this hub`);
    const matching = stored.filter((xorb) => matchesTerm(xorb, term));
    if (matching.length === 0) throw mismatch(term, stored[0]!);
    for (const xorb of matching) {
      const content = await this.contentOf(xorb, term);
      if (content) return { xorbId: xorb.id, content };
    }
    return undefined;
  }

  /** Logs the remedy, since hf_xet shows only the status to its users. */
  private missing(message: string): HubError {
    this.logger.warn(`A Xet upload failed. ${message}. ${REMEDY}`);
    return new HubError('BadRequest', message, { detail: REMEDY });
  }

  private async contentOf(xorb: StoredXorb, { first, end }: ShardTerm): Promise<TermContent['content'] | undefined> {
    const ranges = await this.storedRanges(xorb, first, end);
    if (ranges) return this.readRanges(ranges);
    const { sha256 } = xorb;
    return sha256 !== null && (await this.bytes.isStored(sha256))
      ? this.bytes.chunks(sha256, xorb, first, end)
      : undefined;
  }

  /** Ignores large files that have been deleted from the blob store. */
  private async storedRanges(xorb: StoredXorb, first: number, end: number): Promise<FileRange[] | undefined> {
    let runs = xorb.runs;
    for (;;) {
      const ranges = locateChunks(runs, xorb.layout.plainAt, { first, end });
      const deleted = ranges && (await this.findDeleted(ranges));
      if (deleted === undefined) return ranges;
      runs = runs.filter(({ sha256 }) => sha256 !== deleted);
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

const matchesTerm = ({ layout: { count, plainAt } }: StoredXorb, { first, end, size }: ShardTerm): boolean =>
  end <= count && plainAt[end]! - plainAt[first]! === size;

function mismatch({ xorb, first, end, size }: ShardTerm, { layout: { count, plainAt } }: StoredXorb): HubError {
  const chunks = `chunks ${first} to ${end - 1} of the xorb ${xorb}`;
  if (end > count) return new HubError('BadRequest', `The shard refers to the ${chunks}, which has ${count} chunks`);
  const actual = plainAt[end]! - plainAt[first]!;
  return new HubError('BadRequest', `The ${chunks} have ${actual} bytes, not ${size} as in the shard`);
}
