/** A file that a client is about to upload. */
export interface AnnouncedFile {
  readonly size: number;
}

/**
 * How many bytes files add to a namespace at least. Files of equal size may be identical, so they count once, and not at all if the namespace
 * has a content of this size.
 *
 * @param existing - sizes of contents of the namespace
 */
export function newBytes(files: readonly AnnouncedFile[], existing: ReadonlySet<number>): number {
  const sizes = new Set(files.map(({ size }) => size));
  return [...sizes].filter((size) => !existing.has(size)).reduce((sum, size) => sum + size, 0);
}
