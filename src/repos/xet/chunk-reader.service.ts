import { Inject, Injectable, Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { placesOf, type Place } from './xet-places.js';
import type { ShardTerm } from './format/shard.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { ContentReferences } from '../store/content-references.service.js';
import type { KnownXorb } from './known-xorb.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

/** A term's content, and the xorb that it is read from. */
export interface TermContent {
  readonly xorbId: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What users of the Hugging Face clients can do when the hub and their machine disagree about what was uploaded. */
const REMEDY =
  'The machine that uploads remembers that it was uploaded before: delete ~/.cache/huggingface/xet there, or set HF_HUB_DISABLE_XET=1, and upload again.';

/** Reads the contents of chunks from wherever they lie: from the xorb while that is here, later from the large files made of it. */
@Injectable()
export class ChunkReader {
  private readonly logger = new Logger('Xet');

  constructor(
    private readonly xorbs: XorbStore,
    private readonly bytes: XorbBytes,
    private readonly vault: ContentReferences,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** @throws HubError `BadRequest` when the term's chunks are not here, or are others than it says */
  async read(term: ShardTerm, accountId: number): Promise<TermContent> {
    const known = await this.xorbs.find(term.xorb, accountId);
    if (known.length === 0) throw this.missing(`The hub does not have the xorb ${term.xorb}`);
    const fitting = known.filter((xorb) => fits(xorb, term));
    if (fitting.length === 0) throw otherChunks(term, known[0]!);
    for (const xorb of fitting) {
      const content = await this.contentOf(xorb, term);
      if (content) return { xorbId: xorb.id, content };
    }
    throw this.missing(`The hub has let go of the chunks ${term.first} up to ${term.end} of the xorb ${term.xorb}`);
  }

  /** Logged, since hf_xet shows its user the status alone. */
  private missing(message: string): HubError {
    this.logger.warn(`${message}, which an upload needs. ${REMEDY}`);
    return new HubError('BadRequest', message, { detail: REMEDY });
  }

  private async contentOf(xorb: KnownXorb, { first, end }: ShardTerm): Promise<TermContent['content'] | undefined> {
    const places = await this.places(xorb, first, end);
    if (places) return this.placed(places);
    const { sha256 } = xorb;
    return sha256 !== null && (await this.bytes.has(sha256)) ? this.bytes.chunks(sha256, xorb, first, end) : undefined;
  }

  /** Large files that are no longer in the store are passed over. */
  private async places(xorb: KnownXorb, first: number, end: number): Promise<Place[] | undefined> {
    let runs = xorb.runs;
    for (;;) {
      const places = placesOf(runs, xorb.layout.plainAt, { first, end });
      const gone = places && (await this.gone(places));
      if (gone === undefined) return places;
      runs = runs.filter(({ sha256 }) => sha256 !== gone);
    }
  }

  private async gone(places: readonly Place[]): Promise<string | undefined> {
    for (const sha256 of new Set(places.map((place) => place.sha256))) {
      if ((await this.vault.find(sha256)) === undefined) return sha256;
    }
    return undefined;
  }

  private async *placed(places: readonly Place[]): AsyncGenerator<Uint8Array> {
    for (const { sha256, offset, size } of places) {
      yield* this.blobs.open(sha256, { start: offset, end: offset + size - 1 }) as AsyncIterable<Uint8Array>;
    }
  }
}

const fits = ({ layout: { count, plainAt } }: KnownXorb, { first, end, size }: ShardTerm): boolean =>
  end <= count && plainAt[end]! - plainAt[first]! === size;

function otherChunks({ xorb, first, end, size }: ShardTerm, { layout: { count, plainAt } }: KnownXorb): HubError {
  const asked = `The shard asks for the chunks ${first} up to ${end} of the xorb ${xorb}`;
  if (end > count) return new HubError('BadRequest', `${asked}, which has ${count}`);
  return new HubError('BadRequest', `${asked} as ${size} bytes; they have ${plainAt[end]! - plainAt[first]!}`);
}
