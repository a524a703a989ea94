const SHA256 = /^[0-9a-f]{64}$/;
const PREFIX = /^[0-9a-f]{2}$/;
const UPLOAD_ID = /^[0-9a-f-]{36}$/;

/** Prefix of all blobs. */
export const BLOBS = 'blobs/';
/** Prefix of blobs that are damaged. */
export const DAMAGED = 'damaged/';
/** Prefix for unverified uploads. */
export const INCOMING = 'incoming/';
/** Prefix for parts of multipart uploads that pass through the hub. */
export const PARTS = 'parts/';
/** Prefix for blocks of files of sources that are not complete yet. */
export const HELD = 'held/';

/**
 * The key of a blob.
 * @throws TypeError for an invalid digest, which must not become a key
 */
export function blobKey(sha256: string): string {
  if (!SHA256.test(sha256)) throw new TypeError(`Not a SHA-256 digest: ${sha256}`);
  return `${BLOBS}${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

/**
 * Prefix of all blobs whose digests start with two hex digits.
 * @throws TypeError for an invalid prefix
 */
export function blobsPrefix(prefix: string): string {
  if (!PREFIX.test(prefix)) throw new TypeError(`Not two hex digits: ${prefix}`);
  return `${BLOBS}${prefix}/`;
}

/** The digest in the key of a blob. Returns `undefined` for other keys. */
export function digestIn(key: string): string | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return SHA256.test(name) ? name : undefined;
}

/**
 * Prefix of the parts of an upload.
 * @throws TypeError for an invalid upload ID
 */
export function partsPrefix(upload: string): string {
  if (!UPLOAD_ID.test(upload)) throw new TypeError(`Not an upload ID: ${upload}`);
  return `${PARTS}${upload}/`;
}

/**
 * Prefix of the blocks of a file.
 * @throws TypeError for an invalid id
 */
export function blocksPrefix(id: string): string {
  if (!UPLOAD_ID.test(id)) throw new TypeError(`Not a UUID: ${id}`);
  return `${HELD}${id}/`;
}
