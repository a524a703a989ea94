import type { HubConfig } from './hub-config.js';
import * as parse from './parsers.js';
import { byteSize } from './quota-variables.js';
import { optional, withDefault } from './variable.js';

/** Below it, one plain request is faster than the three of a download over Xet. */
const THRESHOLD = 100_000_000;
/** Downloads over Xet come through the hub, so they are a detour if clients can read the bucket. Python clients need them above this size. */
const DIRECT_THRESHOLD = 50_000_000_000;

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
    'Large files above this size are offered over Xet, in bytes or as 10GB. Smaller ones are faster over plain HTTP, which needs one request. Unset: 100MB; 50GB if clients download from the bucket (KOHAKU_HUB_S3_PUBLIC_ENDPOINT), because downloads over Xet come through the hub. Files above 50 GB are always offered',
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
  return { reads: xetReads, threshold: xetThreshold ?? (isDirect ? DIRECT_THRESHOLD : THRESHOLD) };
}
