import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createDeflate, deflate } from 'node:zlib';

/** Object types and their numbers in a pack (gitformat-pack). */
export const PACK_KINDS = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;

export type PackKind = keyof typeof PACK_KINDS;

/** A git object to be written to a pack. */
export interface PackObject {
  readonly kind: PackKind;
  /** Exact size of the content in bytes. */
  readonly size: number;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

const deflateBuffer = promisify(deflate);

/** A complete pack with its checksum. Every object is stored whole, never as a delta (gitformat-pack). */
export async function* packBytes(count: number, objects: AsyncIterable<PackObject>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha1');
  for await (const bytes of withoutChecksum(count, objects)) {
    hash.update(bytes);
    yield bytes;
  }
  yield hash.digest();
}

async function* withoutChecksum(count: number, objects: AsyncIterable<PackObject>): AsyncGenerator<Uint8Array> {
  yield packHeader(count);
  for await (const { kind, size, content } of objects) {
    yield packEntryHeader(kind, size);
    if (content instanceof Uint8Array) yield await deflateBuffer(content);
    else yield* pipeline(content, createDeflate(), () => undefined); // the iteration throws the error as well
  }
}

/** The header of a pack: signature, version 2 and the number of objects. */
export function packHeader(objects: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects, 8);
  return header;
}

/** The header of an object: its type, and its size as a little-endian number in groups of seven bits. */
export function packEntryHeader(kind: PackKind, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (PACK_KINDS[kind] << 4) | (size & 15);
  // division instead of shifts, which are limited to 32 bits
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 128);
    byte = rest % 128;
  }
  return Buffer.from([...bytes, byte]);
}
