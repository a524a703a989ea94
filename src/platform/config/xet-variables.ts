import type { HubConfig } from './hub-config.js';
import * as parse from './parsers.js';
import { byteSize } from './quota-variables.js';
import { optional, withDefault } from './variable.js';

/** Below it, one plain request is faster than the three of a download over Xet. */
const THRESHOLD = 100_000_000;
/**
 * Python clients need Xet above this size. It is the default where plain HTTP is better: if clients can read the bucket, since downloads over Xet come
 * through the hub, and for cached files, since clients store the hash of a file forever, and it is of no use once the file was removed from the cache.
 */
const MAX_HTTP_BYTES = 50_000_000_000;

/** Downloads over the Xet protocol. */
export const XET_VARIABLES = {
  xetReads: withDefault(
    'KOHAKU_HUB_XET_READS',
    'true',
    parse.boolean,
    'Whether clients are offered downloads over Xet. Without them, Python clients cannot download files above 50 GB',
  ),
  xetThreshold: optional(
    'KOHAKU_HUB_XET_THRESHOLD',
    byteSize(0),
    'Large files above this size are offered over Xet, in bytes or as 10GB. Smaller ones are faster over plain HTTP, which needs one request. Unset: 100MB, or 50GB if clients download from the bucket (KOHAKU_HUB_S3_PUBLIC_ENDPOINT), because downloads over Xet come through the hub; 50GB for cached files, because clients store how a file was offered. Files above 50 GB are always offered',
  ),
};

/** Settings that decide which files are offered over Xet. */
interface XetSettings {
  readonly xetReads: boolean;
  readonly xetThreshold: number | undefined;
  readonly storage: 'fs' | 's3';
  readonly s3PublicEndpoint: string | undefined;
}

/** Decides which files are offered over Xet. */
export function xetOf({ xetReads, xetThreshold, storage, s3PublicEndpoint }: XetSettings): HubConfig['xet'] {
  const isDirect = storage === 's3' && s3PublicEndpoint !== undefined;
  return {
    reads: xetReads,
    threshold: xetThreshold ?? (isDirect ? MAX_HTTP_BYTES : THRESHOLD),
    copyThreshold: xetThreshold ?? MAX_HTTP_BYTES,
  };
}
