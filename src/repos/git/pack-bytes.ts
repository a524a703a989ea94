import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createDeflate, deflate } from 'node:zlib';
import { packEntryHead, packHead, type PackKind } from './pack-entry.js';

/** An object on its way into a pack. */
export interface PackObject {
  readonly kind: PackKind;
  /** Bytes, exactly. */
  readonly size: number;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

const deflated = promisify(deflate);

/** A pack: every object whole, none as a difference to another (gitformat-pack). */
export async function* packBytes(count: number, objects: AsyncIterable<PackObject>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha1');
  for await (const bytes of unsigned(count, objects)) {
    hash.update(bytes);
    yield bytes;
  }
  yield hash.digest();
}

async function* unsigned(count: number, objects: AsyncIterable<PackObject>): AsyncGenerator<Uint8Array> {
  yield packHead(count);
  for await (const { kind, size, content } of objects) {
    yield packEntryHead(kind, size);
    if (content instanceof Uint8Array) yield await deflated(content);
    else yield* pipeline(content, createDeflate(), () => undefined); // a failure is the iteration's, too
  }
}
