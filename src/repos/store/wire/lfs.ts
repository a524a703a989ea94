/** A large file as the LFS protocol names it. */
export interface LfsObject {
  /** SHA-256 of its content, lower-case hex. */
  readonly oid: string;
  /** Bytes. */
  readonly size: number;
}

/** Where and how a client moves bytes, or confirms that it did. */
export interface LfsAction {
  readonly href: string;
  /** To be sent along; in a multipart upload the parts' URLs instead, by their numbers. */
  readonly header?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly expires_in?: number;
}

/** What a batch says of one object. Without actions and error there is nothing left to do. */
export interface LfsObjectAnswer extends LfsObject {
  readonly authenticated?: true;
  readonly actions?: Readonly<Partial<Record<'upload' | 'verify' | 'download', LfsAction>>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** The answer to a batch (git-lfs' batch API, and the hub's multipart transfer: contract C.5). */
export interface LfsBatchAnswer {
  readonly transfer: 'basic' | 'multipart';
  readonly objects: readonly LfsObjectAnswer[];
  readonly hash_algo: 'sha256';
}
