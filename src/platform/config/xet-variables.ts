import { PLAIN_HTTP_LIMIT } from '../../domain/xet-mode.js';
import type { HubConfig } from './hub-config.js';
import * as parse from './parsers.js';
import { byteSize } from './quota-variables.js';
import { optional, withDefault } from './variable.js';

/** Below it, one plain request is faster than the three of a download over Xet. */
const THRESHOLD = 100_000_000;
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

/**
 * Decides which files are offered over Xet. Plain HTTP is better where clients can read the bucket, because downloads over Xet come through the hub. It is
 * also better for cached files, because clients store the hash of a file forever, and cannot use it once the file was removed from the cache.
 */
export function xetOf({ xetReads, xetThreshold, storage, s3PublicEndpoint }: XetSettings): HubConfig['xet'] {
  const isDirect = storage === 's3' && s3PublicEndpoint !== undefined;
  return {
    reads: xetReads,
    threshold: xetThreshold ?? (isDirect ? PLAIN_HTTP_LIMIT : THRESHOLD),
    copyThreshold: xetThreshold ?? PLAIN_HTTP_LIMIT,
  };
}
