import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The CRC-32 of a block in hex, computed while it arrives. It detects damage; the whole file is verified by its SHA-256 or git id. */
export class BlockDigest {
  private value = 0;

  update(bytes: Uint8Array): void {
    this.value = crc32(bytes, this.value);
  }

  get hex(): string {
    return this.value.toString(16).padStart(8, '0');
  }
}

/** The digest of stored content, of the same kind as `expected`: releases before 2026-12 stored the SHA-256 of blocks. */
export async function digestLike(
  expected: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string> {
  const isSha256 = expected.length === 64;
  const [digest, sha256] = [new BlockDigest(), createHash('sha256')];
  for await (const bytes of content)
    if (isSha256) sha256.update(bytes);
    else digest.update(bytes);
  return isSha256 ? sha256.digest('hex') : digest.hex;
}
