/** A file in `siblings`. Sizes and ids are present with `blobs=true`; LFS files have `sha256` here, not `oid`. */
export interface Sibling {
  readonly rfilename: string;
  readonly size?: number;
  readonly blobId?: string;
  readonly lfs?: { readonly sha256: string; readonly size: number; readonly pointerSize: number };
}

/** `GET /api/{type}s/{id}` and `…/revision/{rev}` (contract A.5, D.1). Dates are ISO 8601 with milliseconds and `Z`. */
export interface RepoInfo {
  readonly _id: string;
  readonly id: string;
  readonly modelId?: string;
  readonly author: string;
  /** Forty hex digits; null for a repository without a commit. */
  readonly sha: string | null;
  readonly lastModified: string;
  readonly createdAt: string;
  readonly private: boolean;
  readonly disabled: boolean;
  readonly gated: false | 'auto' | 'manual';
  readonly downloads: number;
  readonly likes: number;
  readonly tags: readonly string[];
  readonly siblings: readonly Sibling[];
  readonly [more: string]: unknown;
}
