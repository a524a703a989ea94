/** A large file in an entry of a tree or paths-info response. */
interface LargeFile {
  /** SHA-256. */
  readonly oid: string;
  readonly size: number;
}

/**
 * Adds Xet hashes to entries of a tree or paths-info response.
 *
 * @param hashOf - the hash of a large file; `undefined` if it has none
 */
export const withXetHashes = <Entry extends { readonly lfs?: LargeFile }>(
  entries: readonly Entry[],
  hashOf: (file: LargeFile) => string | undefined,
): Entry[] =>
  entries.map((entry) => {
    const xetHash = entry.lfs && hashOf(entry.lfs);
    return xetHash === undefined ? entry : { ...entry, xetHash };
  });
