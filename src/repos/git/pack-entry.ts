/** Kinds of objects, by their numbers in a pack (gitformat-pack). */
export const PACK_KINDS = { commit: 1, tree: 2, blob: 3 } as const;

export type PackKind = keyof typeof PACK_KINDS;

/** How a pack of so many objects begins. */
export function packHead(objects: number): Buffer {
  const head = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  head.writeUInt32BE(objects, 8);
  return head;
}

/** What stands before an object's compressed bytes: its kind, and its length in groups of seven bits, the last ones first. */
export function packEntryHead(kind: PackKind, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (PACK_KINDS[kind] << 4) | (size & 15);
  // sizes may need more than the 32 bits that shifts work on
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 128);
    byte = rest % 128;
  }
  return Buffer.from([...bytes, byte]);
}
