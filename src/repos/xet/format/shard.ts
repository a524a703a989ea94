import { HubError } from '../../../domain/hub-error.js';
import { XET_HASH_BYTES, xetHash } from './xet-hash.js';

/** Every structure of a shard has this length (hub-docs docs/xet/shard.md). */
const ENTRY = 48;
const TAG = Buffer.concat([
  Buffer.from('HFRepoMetaData'),
  Buffer.from([0, 85, 105, 103, 69, 106, 123, 129, 87, 131, 165, 189, 217, 92, 205, 209, 74, 169]),
]);
const VERSION = 2n;
const WITH_VERIFICATION = 0x8000_0000;
const WITH_METADATA = 0x4000_0000;
const BOOKEND = Buffer.alloc(XET_HASH_BYTES, 0xff);

/** A run of chunks of one xorb, as a part of a file. */
export interface ShardTerm {
  /** The xorb's hash. */
  readonly xorb: string;
  /** Index of the first chunk. */
  readonly first: number;
  /** Index behind the last chunk. */
  readonly end: number;
  /** Bytes of the chunks' contents. */
  readonly size: number;
}

/** A file as a shard describes it: its terms, one after the other. */
export interface ShardFile {
  readonly sha256: string;
  /** Bytes: the sum over the terms. */
  readonly size: number;
  terms(): Iterable<ShardTerm>;
}

/**
 * What a client says after its xorbs: which runs of chunks make up which file, and which xorbs are new. Read from the buffer again each
 * time, since a shard of 64 MiB would be many times as large in objects.
 */
export class XetShard {
  private readonly xorbsAt: number;

  /** @throws HubError `BadRequest` when any part is malformed, or a file comes without its SHA-256 */
  constructor(private readonly bytes: Buffer) {
    if (bytes.length < ENTRY || !bytes.subarray(0, TAG.length).equals(TAG)) throw malformed('begins with another tag');
    const version = bytes.readBigUInt64LE(TAG.length);
    if (version !== VERSION) throw malformed(`has the version ${version}, not ${VERSION}`);
    let end = ENTRY;
    for (const block of this.fileBlocks()) end = block.end;
    this.xorbsAt = end + ENTRY;
    for (const _ of this.xorbs()); // throws where it is malformed
  }

  *files(): Generator<ShardFile> {
    for (const { at, count, metadata } of this.fileBlocks()) {
      const sha256 = xetHash(this.bytes.subarray(metadata));
      const terms = () => this.terms(at + ENTRY, count);
      let size = 0;
      for (const term of terms()) size += term.size;
      yield { sha256, size, terms };
    }
  }

  /** Hashes of the xorbs that the client describes, and will believe to be known here for three weeks from now. */
  *xorbs(): Generator<string> {
    for (let at = this.xorbsAt; ;) {
      const { hash, count, isLast } = this.head(at);
      if (isLast) return;
      yield xetHash(hash);
      at = this.skip(at, 1 + count);
    }
  }

  private *fileBlocks(): Generator<{ at: number; count: number; metadata: number; end: number }> {
    for (let at = ENTRY; ;) {
      const { hash, flags, count, isLast } = this.head(at);
      if (isLast) return;
      if (!(flags & WITH_METADATA)) throw malformed(`has no SHA-256 for the file ${xetHash(hash)}`);
      const metadata = this.skip(at, 1 + count * (flags & WITH_VERIFICATION ? 2 : 1));
      const end = this.skip(metadata, 1);
      yield { at, count, metadata, end };
      at = end;
    }
  }

  private head(at: number): { hash: Buffer; flags: number; count: number; isLast: boolean } {
    this.skip(at, 1);
    const hash = this.bytes.subarray(at, at + XET_HASH_BYTES);
    const [flags, count] = [this.bytes.readUInt32LE(at + XET_HASH_BYTES), this.bytes.readUInt32LE(at + 36)];
    return { hash, flags, count, isLast: hash.equals(BOOKEND) };
  }

  /** Every count is checked against what was sent before anything is done with it. */
  private skip(at: number, entries: number): number {
    const end = at + entries * ENTRY;
    if (end > this.bytes.length) throw malformed(`ends at byte ${this.bytes.length}, within what begins at ${at}`);
    return end;
  }

  private *terms(at: number, count: number): Generator<ShardTerm> {
    for (let n = 0; n < count; n++) {
      const entry = this.bytes.subarray(at + n * ENTRY, at + (n + 1) * ENTRY);
      const [size, first, end] = [entry.readUInt32LE(36), entry.readUInt32LE(40), entry.readUInt32LE(44)];
      const xorb = xetHash(entry);
      if (first >= end) throw malformed(`asks for the chunks ${first} up to ${end} of the xorb ${xorb}`);
      yield { xorb, first, end, size };
    }
  }
}

const malformed = (what: string): HubError => new HubError('BadRequest', `The shard ${what}`);
