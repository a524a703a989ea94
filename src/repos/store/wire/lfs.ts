/** An LFS object as identified by the LFS protocol. */
export interface LfsObject {
  /** SHA-256 of the content in lower-case hex. */
  readonly oid: string;
  /** Size in bytes. */
  readonly size: number;
}

/** How a client transfers content or confirms an upload. */
export interface LfsAction {
  readonly href: string;
  /** Headers to send. In a multipart upload, the upload URLs of the parts, by part number. */
  readonly header?: Readonly<Record<string, string>>;
  /** Validity in seconds. */
  readonly expires_in?: number;
}

/** The part of a batch response for one object. Without `actions` and `error`, no transfer is needed. */
export interface LfsObjectResponse extends LfsObject {
  readonly authenticated?: true;
  readonly actions?: Readonly<Partial<Record<'upload' | 'verify' | 'download', LfsAction>>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A batch response (git-lfs batch API and the hub's multipart transfer: contract C.5). */
export interface LfsBatchResponse {
  readonly transfer: 'basic' | 'multipart' | 'xet';
  readonly objects: readonly LfsObjectResponse[];
  readonly hash_algo: 'sha256';
}
