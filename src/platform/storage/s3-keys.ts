const SHA256 = /^[0-9a-f]{64}$/;
const PREFIX = /^[0-9a-f]{2}$/;
const UPLOAD = /^[0-9a-f-]{36}$/;

/** Where what is not yet what it should be lies. */
export const INCOMING = 'incoming/';
/** Where the parts of uploads through the hub lie. */
export const PARTS = 'parts/';

/** A blob's place. @throws TypeError for what is no digest: nothing else may become a key */
export function blobKey(sha256: string): string {
  if (!SHA256.test(sha256)) throw new TypeError(`not a SHA-256 digest: ${sha256}`);
  return `blobs/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

/** Where the blobs lie whose digests begin so. @throws TypeError */
export function blobsBeginning(prefix: string): string {
  if (!PREFIX.test(prefix)) throw new TypeError(`not two digits of a SHA-256 digest: ${prefix}`);
  return `blobs/${prefix}/`;
}

/** The digest in a blob's key; undefined for what is no blob. */
export function digestIn(key: string): string | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return SHA256.test(name) ? name : undefined;
}

/** Where the parts of one upload lie. @throws TypeError for what is no upload's name */
export function partsOf(upload: string): string {
  if (!UPLOAD.test(upload)) throw new TypeError(`not an upload's name: ${upload}`);
  return `${PARTS}${upload}/`;
}
