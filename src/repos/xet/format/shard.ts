import { HubError } from '../../../domain/hub-error.js';
import { XET_HASH_BYTES, xetHash } from './xet-hash.js';
import { MAX_CHUNKS } from './xorb.js';

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
/** Structures that are read in one step. */
export const STEP_LENGTH = 1_000;
/**
 * Terms of all files of a shard; a file without terms counts as one. The Hugging Face clients create terms of at least eight chunks of 64 KiB on
 * average, so this is enough for 250 GB. The target size of their shards, 64 MiB, has space for up to 350,000 small files.
 */
export const MAX_TERMS = 500_000;

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

/** The description of files and xorbs that a client uploads after its xorbs. */
export interface XetShard {
  readonly files: readonly ShardFile[];
  /** Hashes of the described xorbs. The client caches for three weeks that they are uploaded. */
  xorbs(): Iterable<string>;
}

/**
 * Reads a shard in steps. Terms and xorbs are only checked, since the parsed form of a 64 MiB shard would need several times as much memory.
 *
 * @throws HubError `BadRequest` if any part is malformed, a file has no SHA-256, or there are too many terms
 */
export function* readShard(bytes: Buffer): Generator<void, XetShard> {
  const reader = new ShardReader(bytes);
  const { files, end } = yield* reader.files();
  for (const _ of reader.xorbs(end)) if (reader.isStepOver()) yield; // throws if malformed
  return { files, xorbs: () => reader.xorbs(end) };
}

/** Positions of the parts of a file in a shard. */
interface FileBlock {
  readonly terms: number;
  readonly count: number;
  readonly metadata: number;
  readonly end: number;
}

class ShardReader {
  private entries = 0;

  constructor(private readonly bytes: Buffer) {
    if (bytes.length < ENTRY_BYTES || !bytes.subarray(0, TAG.length).equals(TAG)) throw malformed('wrong tag');
    const version = bytes.readBigUInt64LE(TAG.length);
    if (version !== VERSION) throw malformed(`unsupported version ${version}`);
  }

  /** Counts a structure. Returns whether it is the last one of a step. */
  isStepOver(): boolean {
    this.entries += 1;
    return this.entries % STEP_LENGTH === 0;
  }

  *files(): Generator<void, { files: ShardFile[]; end: number }> {
    const files: ShardFile[] = [];
    let total = 0;
    for (let at = ENTRY_BYTES; ;) {
      const block = this.fileBlock(at);
      if (!block) return { files, end: at + ENTRY_BYTES };
      total += Math.max(1, block.count);
      if (total > MAX_TERMS) throw tooManyTerms();
      const sha256 = xetHash(this.bytes.subarray(block.metadata));
      files.push({ sha256, size: yield* this.sizeOf(block), terms: () => this.terms(block) });
      if (this.isStepOver()) yield;
      at = block.end;
    }
  }

  *xorbs(start: number): Generator<string> {
    for (let at = start; ;) {
      const { hash, count, isLast } = this.head(at);
      if (isLast) return;
      at = this.skip(at, 1 + count);
      yield xetHash(hash);
    }
  }

  private fileBlock(at: number): FileBlock | undefined {
    const { hash, flags, count, isLast } = this.head(at);
    if (isLast) return undefined;
    if (!(flags & WITH_METADATA)) throw malformed(`the file ${xetHash(hash)} has no SHA-256`);
    const metadata = this.skip(at, 1 + count * (flags & WITH_VERIFICATION ? 2 : 1));
    return { terms: at + ENTRY_BYTES, count, metadata, end: this.skip(metadata, 1) };
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

  /** The sum over the terms, which are checked. */
  private *sizeOf({ terms, count }: FileBlock): Generator<void, number> {
    let size = 0;
    for (let n = 0; n < count; n++) {
      const at = terms + n * ENTRY_BYTES;
      size += this.bytes.readUInt32LE(at + 36);
      const [first, end] = [this.bytes.readUInt32LE(at + 40), this.bytes.readUInt32LE(at + 44)];
      if (first >= end || end > MAX_CHUNKS) throw invalidTerm(xetHash(this.bytes.subarray(at)), first, end);
      if (this.isStepOver()) yield;
    }
    return size;
  }

  private *terms({ terms, count }: FileBlock): Generator<ShardTerm> {
    for (let n = 0; n < count; n++) {
      const entry = this.bytes.subarray(terms + n * ENTRY_BYTES, terms + (n + 1) * ENTRY_BYTES);
      const [size, first, end] = [entry.readUInt32LE(36), entry.readUInt32LE(40), entry.readUInt32LE(44)];
      yield { xorb: xetHash(entry), first, end, size };
    }
  }
}

const malformed = (problem: string): HubError => new HubError('BadRequest', `Invalid shard: ${problem}`);

function invalidTerm(xorb: string, first: number, end: number): HubError {
  return malformed(
    first >= end
      ? `a term of the xorb ${xorb} has no chunks (${first} to ${end})`
      : `a term refers to chunk ${end - 1} of the xorb ${xorb}, but xorbs have at most ${MAX_CHUNKS} chunks`,
  );
}

const tooManyTerms = (): HubError =>
  new HubError('BadRequest', `The shard has more than ${MAX_TERMS} terms. Upload fewer files at once.`);
