/** Length of a hash in the Xet protocol. */
export const XET_HASH_BYTES = 32;

/**
 * The string form of a Xet hash: four little-endian 64-bit numbers in hex, so that the bytes of each group are reversed (hub-docs
 * docs/xet/api.md, "Converting Hashes to Strings"). The SHA-256 in a shard is stored in the same order.
 */
export function xetHash(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, XET_HASH_BYTES)).swap64().toString('hex');
}

/** Whether this is a hash as used in the URLs of the protocol. */
export const isXetHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
