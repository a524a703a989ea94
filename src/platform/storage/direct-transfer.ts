import type { UrlBuilder } from '../../domain/url-builder.js';
import type { StoredPart } from './part-store.js';

/** An upload that clients send directly to the store, under a temporary key. */
export interface DirectUpload {
  readonly key: string;
  /** ID of the multipart upload in the store. */
  readonly uploadId: string;
}

/** An uploaded part. */
export interface UploadedPart extends StoredPart {
  /** Bytes. */
  readonly size: number;
}

/** Response headers of a download. */
export interface DownloadHeaders {
  readonly contentType: string;
  readonly contentDisposition?: string;
}

/**
 * Transfers between clients and the store that do not pass through the hub. They use presigned links, which need no credentials. Uploads
 * are unverified until the hub has read them. Use `directTransferFor` before giving a link to a client.
 */
export interface DirectTransfer {
  /** Origin of the links. */
  readonly origin: string;
  begin(): Promise<DirectUpload>;
  /** URL for the `PUT` of a part. Its response has the ETag of the part. */
  partLink(upload: DirectUpload, partNumber: number, seconds: number): Promise<string>;
  /** Uploaded parts by number. `undefined` after `assemble` or `drop`. */
  parts(upload: DirectUpload): Promise<readonly UploadedPart[] | undefined>;
  /** Assembles the parts. After that, clients cannot replace them. */
  assemble(upload: DirectUpload, parts: readonly StoredPart[]): Promise<void>;
  /** Size of the assembled upload in bytes. `undefined` before `assemble` and after `drop`. */
  size(upload: DirectUpload): Promise<number | undefined>;
  /** Reads the assembled upload. */
  read(upload: DirectUpload): AsyncIterable<Uint8Array>;
  /** Makes an assembled upload a blob, after its digest has been verified. */
  publish(upload: DirectUpload, sha256: string, size: number): Promise<void>;
  /** Deletes the assembled upload, if there is one. */
  drop(upload: DirectUpload): Promise<void>;
  /** URL for the download of a blob, which supports `Range`. */
  downloadLink(sha256: string, headers: DownloadHeaders, seconds: number): Promise<string>;
}

/**
 * The direct transfer for a client of the hub under this address; undefined if it is on the same host. Clients of the 2.x generation keep the
 * caller's token when they follow a redirect on the same host name, even to another port (contract A.3).
 */
export const directTransferFor = (
  transfer: DirectTransfer | undefined,
  urls: UrlBuilder,
): DirectTransfer | undefined =>
  transfer && !urls.hasHostName(new URL(transfer.origin).hostname) ? transfer : undefined;

/**
 * Validity of download links in seconds. Clients follow a redirect at once, or use its URL to resume a download. The store cannot check
 * again whether the caller still has access, so it is short.
 */
export const LINK_SECONDS = 900;

/** Injection token of the direct transfer. The value is `undefined` if all transfers pass through the hub. */
export const DIRECT_TRANSFER = Symbol('DirectTransfer');
