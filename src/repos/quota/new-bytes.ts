/** A file that a client is about to upload. */
export interface AnnouncedFile {
  readonly size: number;
  /** Its first bytes, in base64, if the client sends them. */
  readonly sample?: string;
}

/**
 * How many bytes files add to a namespace at least. Files of the same size that begin with the same bytes may be identical, so they count once.
 * A file of the size of a content that the namespace has counts nothing.
 *
 * @param existing - sizes of contents of the namespace
 */
export function newBytes(files: readonly AnnouncedFile[], existing: ReadonlySet<number>): number {
  const distinct = new Map(files.map((file) => [`${file.size} ${file.sample ?? ''}`, file.size]));
  return [...distinct.values()].filter((size) => !existing.has(size)).reduce((sum, size) => sum + size, 0);
}
