const GROUP = 8;

/** Bytes of a hash in the Xet protocol. */
export const XET_HASH_BYTES = 32;

/**
 * A hash as the Xet protocol writes it: four little-endian numbers of eight bytes, each in hex, so that every group of bytes comes
 * reversed (hub-docs docs/xet/api.md, "Converting Hashes to Strings"). The SHA-256 in a shard is stored in this order, too.
 */
export function xetHash(bytes: Uint8Array): string {
  const groups = Buffer.from(bytes.subarray(0, XET_HASH_BYTES));
  for (let at = 0; at < groups.length; at += GROUP) groups.subarray(at, at + GROUP).reverse();
  return groups.toString('hex');
}

/** Is this a hash as it stands in the URLs of the protocol? */
export const isXetHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
