import type { StoredPart } from './part-store.js';

/** An upload that goes straight to the store, under a name that nobody looks at. */
export interface DirectUpload {
  readonly key: string;
  /** The store's own name for it. */
  readonly uploadId: string;
}

/** A part of one that has arrived. */
export interface ArrivedPart extends StoredPart {
  /** Bytes. */
  readonly size: number;
}

/** How a download is to be described to its receiver. */
export interface DownloadNotes {
  readonly contentType: string;
  readonly contentDisposition?: string;
}

/**
 * Bytes that go between clients and the store without passing through the hub, over links that are their own permission. What comes in
 * this way is unchecked: the hub reads it before it calls it a blob. Links are to a host that is not the hub's (contract A.3).
 */
export interface DirectTransfer {
  /** The address that clients' links begin with: scheme, host, port. */
  readonly origin: string;
  begin(): Promise<DirectUpload>;
  /** Where to PUT a part of an upload to; its answer bears the part's ETag. */
  partLink(upload: DirectUpload, partNumber: number, seconds: number): Promise<string>;
  /** What has arrived so far, by number; undefined when the parts were put together or dropped. */
  parts(upload: DirectUpload): Promise<readonly ArrivedPart[] | undefined>;
  /** Puts the parts together: from now on nothing that was sent can be replaced. */
  assemble(upload: DirectUpload, parts: readonly StoredPart[]): Promise<void>;
  /** Bytes of what was put together; undefined before, and after `drop`. */
  size(upload: DirectUpload): Promise<number | undefined>;
  /** What was put together. */
  read(upload: DirectUpload): AsyncIterable<Uint8Array>;
  /** Makes what was put together the blob of this digest, which it was checked to have. */
  publish(upload: DirectUpload, sha256: string, size: number): Promise<void>;
  /** Frees what was put together; what is not there is fine. */
  drop(upload: DirectUpload): Promise<void>;
  /** Where to get a blob from; understands Range. */
  downloadLink(sha256: string, notes: DownloadNotes, seconds: number): Promise<string>;
}

/** How long a download may begin by a link: whoever was sent there follows at once, or resumes what broke off. */
export const LINK_S = 3600;

/** Injection token of the direct way, or undefined where there is none. */
export const DIRECT_TRANSFER = Symbol('DirectTransfer');
