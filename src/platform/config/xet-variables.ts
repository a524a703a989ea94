import * as parse from './parsers.js';
import { byteSize } from './quota-variables.js';
import { withDefault } from './variable.js';

/** Downloads over the Xet protocol. */
export const XET_VARIABLES = {
  xetReads: withDefault(
    'KOHAKU_HUB_XET_READS',
    'true',
    parse.boolean,
    'Whether clients are offered downloads over Xet. Without them, Python clients cannot download files above 50 GB',
  ),
  xetThreshold: withDefault(
    'KOHAKU_HUB_XET_THRESHOLD',
    '100MB',
    byteSize(0),
    'Large files above this size are offered over Xet, in bytes or as 10GB. Smaller ones are faster over plain HTTP, which needs one request. Files above 50 GB are always offered',
  ),
};
