import { HubError } from '../../../domain/hub-error.js';
import { XET_HASH_BYTES, xetHash } from './xet-hash.js';

/** Length of every structure in a shard (hub-docs docs/xet/shard.md). */
const ENTRY_BYTES = 48;
const TAG = Buffer.concat([
  Buffer.from('HFRepoMetaData'),
  Buffer.from([0, 85, 105, 103, 69, 106, 123, 129, 87, 131, 165, 189, 217, 92, 205, 209, 74, 169]),
]);
const VERSION = 2n;
const WITH_VERIFICATION = 0x8000_0000;
const WITH_METADATA = 0x4000_0000;
const BOOKEND = Buffer.alloc(XET_HASH_BYTES, 0xff);

/** A run of chunks of a xorb that is a part of a file. */
export interface ShardTerm {
  /** Hash of the xorb. */
  readonly xorb: string;
  /** Index of the first chunk. */
  readonly first: number;
  /** Index after the last chunk. */
  readonly end: number;
  /** Decompressed size of the chunks in bytes. */
  readonly size: number;
}

/** A file in a shard: the concatenation of its terms. */
export interface ShardFile {
  readonly sha256: string;
  /** In bytes: the sum over the terms. */
  readonly size: number;
  terms(): Iterable<ShardTerm>;
}

/**
 * The description of files and xorbs that a client uploads after its xorbs. It is parsed lazily, since the parsed form of a 64 MiB shard
 * would need several times as much memory.
 */
export class XetShard {
  private readonly xorbsAt: number;

  /** @throws HubError `BadRequest` if any part is malformed or a file has no SHA-256 */
  constructor(private readonly bytes: Buffer) {
    if (bytes.length < ENTRY_BYTES || !bytes.subarray(0, TAG.length).equals(TAG)) throw malformed('wrong tag');
    const version = bytes.readBigUInt64LE(TAG.length);
    if (version !== VERSION) throw malformed(`unsupported version ${version}`);
    let end = ENTRY_BYTES;
    for (const block of this.fileBlocks()) end = block.end;
    this.xorbsAt = end + ENTRY_BYTES;
    for (const _ of this.xorbs()); // throws if malformed
  }

  *files(): Generator<ShardFile> {
    for (const { at, count, metadata } of this.fileBlocks()) {
      const sha256 = xetHash(this.bytes.subarray(metadata));
      const terms = () => this.terms(at + ENTRY_BYTES, count);
      let size = 0;
      for (const term of terms()) size += term.size;
      yield { sha256, size, terms };
    }
  }

  /** Hashes of the described xorbs. The client caches for three weeks that they are uploaded. */
  *xorbs(): Generator<string> {
    for (let at = this.xorbsAt; ;) {
      const { hash, count, isLast } = this.head(at);
      if (isLast) return;
      yield xetHash(hash);
      at = this.skip(at, 1 + count);
    }
  }

  private *fileBlocks(): Generator<{ at: number; count: number; metadata: number; end: number }> {
    for (let at = ENTRY_BYTES; ;) {
      const { hash, flags, count, isLast } = this.head(at);
      if (isLast) return;
      if (!(flags & WITH_METADATA)) throw malformed(`the file ${xetHash(hash)} has no SHA-256`);
      const metadata = this.skip(at, 1 + count * (flags & WITH_VERIFICATION ? 2 : 1));
      const end = this.skip(metadata, 1);
      yield { at, count, metadata, end };
      at = end;
    }
  }

  private head(at: number): { hash: Buffer; flags: number; count: number; isLast: boolean } {
    this.skip(at, 1);
    const hash = this.bytes.subarray(at, at + XET_HASH_BYTES);
    const flags = this.bytes.readUInt32LE(at + XET_HASH_BYTES);
    const count = this.bytes.readUInt32LE(at + 36);
    return { hash, flags, count, isLast: hash.equals(BOOKEND) };
  }

  /** Checks counts against the length of the shard before they are used. */
  private skip(at: number, entries: number): number {
    const end = at + entries * ENTRY_BYTES;
    if (end > this.bytes.length) throw malformed(`the structure at byte ${at} is incomplete`);
    return end;
  }

  private *terms(at: number, count: number): Generator<ShardTerm> {
    for (let n = 0; n < count; n++) {
      const entry = this.bytes.subarray(at + n * ENTRY_BYTES, at + (n + 1) * ENTRY_BYTES);
      const size = entry.readUInt32LE(36);
      const first = entry.readUInt32LE(40);
      const end = entry.readUInt32LE(44);
      const xorb = xetHash(entry);
      if (first >= end) throw malformed(`a term of the xorb ${xorb} has no chunks (${first} to ${end})`);
      yield { xorb, first, end, size };
    }
  }
}

const malformed = (problem: string): HubError => new HubError('BadRequest', `Invalid shard: ${problem}`);
