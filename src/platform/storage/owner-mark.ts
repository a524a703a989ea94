/** The file in a storage that names the hub which owns it. Copies of the folder `blobs` include it. */
export const OWNER_MARK = 'owner.json';

/** Reads and writes the owner mark of a storage. */
export interface OwnerMark {
  /** Names the storage in messages, such as `the bucket hub`. */
  readonly place: string;
  read(): Promise<string | undefined>;
  /**
   * Writes the mark unless it exists.
   * @returns false if it exists, for example because another replica has been faster
   */
  create(text: string): Promise<boolean>;
  replace(text: string): Promise<void>;
  /** Whether any file is stored. */
  hasContent(): Promise<boolean>;
}
