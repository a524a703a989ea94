import { createHash, randomBytes } from 'node:crypto';

/** A chunk of a xorb; `data` follows its header. */
export interface XetChunk {
  readonly data: Uint8Array;
  readonly scheme?: number;
  readonly size?: number;
  readonly version?: number;
}

/** A term of a file: chunks `first` up to `end` of a xorb. */
export interface XetTerm {
  readonly xorb: string;
  readonly first: number;
  readonly end: number;
  readonly size: number;
}

/** A file of a shard. */
export interface XetFile {
  readonly sha256?: string;
  readonly terms: readonly XetTerm[];
}

const ENTRY = 48;
const TAG_REST = [0, 85, 105, 103, 69, 106, 123, 129, 87, 131, 165, 189, 217, 92, 205, 209, 74, 169];

const u24 = (value: number): number[] => [value & 255, (value >> 8) & 255, value >> 16];

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A chunk with its header. */
export const chunkBytes = ({ data, scheme = 0, size = data.length, version = 0 }: XetChunk): Buffer =>
  Buffer.concat([Buffer.from([version, ...u24(data.length), scheme, ...u24(size)]), data]);

export const xorbBytes = (chunks: readonly XetChunk[], footer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([...chunks.map(chunkBytes), footer]);

/** Converts a hash from the protocol's hex notation to bytes. */
export function hashBytes(hash: string): Buffer {
  const bytes = Buffer.from(hash, 'hex');
  for (let at = 0; at < bytes.length; at += 8) bytes.subarray(at, at + 8).reverse();
  return bytes;
}

const u32s = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(16);
  values.forEach((value, n) => bytes.writeUInt32LE(value, n * 4));
  return bytes;
};

const entry = (hash: Uint8Array, ...numbers: number[]): Buffer => Buffer.concat([hash, u32s(...numbers)], ENTRY);

const BOOKEND = entry(Buffer.alloc(32, 0xff));

function fileBlock({ sha256: hash, terms }: XetFile): Buffer {
  const flags = (0x8000_0000 + (hash === undefined ? 0 : 0x4000_0000)) >>> 0;
  return Buffer.concat([
    entry(Buffer.alloc(32, 7), flags, terms.length),
    ...terms.map(({ xorb, first, end, size }) => entry(hashBytes(xorb), 0, size, first, end)),
    ...terms.map(() => entry(Buffer.alloc(32, 9))),
    ...(hash === undefined ? [] : [entry(hashBytes(hash))]),
  ]);
}

/** A shard as clients upload it: without a footer. */
export function shardBytes(files: readonly XetFile[], xorbs: readonly { hash: string; chunks: number }[] = []): Buffer {
  const header = Buffer.concat([Buffer.from('HFRepoMetaData'), Buffer.from(TAG_REST), Buffer.alloc(16)]);
  header.writeBigUInt64LE(2n, 32);
  return Buffer.concat([
    header,
    ...files.map(fileBlock),
    BOOKEND,
    ...xorbs.flatMap(({ hash, chunks }) => [
      entry(hashBytes(hash), 0, chunks),
      ...Array.from({ length: chunks }, () => entry(Buffer.alloc(32, 3))),
    ]),
    BOOKEND,
  ]);
}

/** Creates a xorb of random chunks of these sizes. */
export function newXorb(...sizes: number[]) {
  const chunks = sizes.map((size) => randomBytes(size));
  const bytes = xorbBytes(chunks.map((data) => ({ data })));
  const hash = sha256(bytes);
  const part = (first: number, end: number): Buffer => Buffer.concat(chunks.slice(first, end));
  const term = (first: number, end: number): XetTerm => ({ xorb: hash, first, end, size: part(first, end).length });
  return { hash, bytes, part, term };
}

/** A file of these terms. */
export const fileOf = (content: Uint8Array, ...terms: XetTerm[]): XetFile => ({ sha256: sha256(content), terms });
