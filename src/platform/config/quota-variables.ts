import { formatBytes, parseBytes } from '../../domain/byte-size.js';
import { expected, integer, type Parse } from './parsers.js';
import type { LimitsConfig } from './hub-config.js';
import { optional, withDefault, type Variable } from './variable.js';

/** A number of bytes, or a size such as `10GB`. */
export const byteSize =
  (min: number): Parse<number> =>
  (text) => {
    const bytes = parseBytes(text);
    return bytes !== undefined && bytes >= min
      ? bytes
      : expected(`a number of bytes or a size such as 10GB, ${min > 0 ? `at least ${formatBytes(min)}` : '0 or more'}`);
  };

const repositories = integer(0, 1_000_000_000);

/** How much users can store. */
export const QUOTA_VARIABLES = {
  quotaAccount: optional(
    'KOHAKU_HUB_QUOTA_ACCOUNT',
    byteSize(0),
    'How much the repositories of a user may store, in bytes or as 10GB. Identical files of a user count once. Unset: unlimited. The administrator can set another value for single accounts',
  ),
  quotaOrganization: optional(
    'KOHAKU_HUB_QUOTA_ORGANIZATION',
    byteSize(0),
    'How much the repositories of an organization may store. Unset: unlimited',
  ),
  quotaAccountRepositories: optional(
    'KOHAKU_HUB_QUOTA_ACCOUNT_REPOSITORIES',
    repositories,
    'Maximum number of repositories of a user. Unset: unlimited',
  ),
  quotaOrganizationRepositories: optional(
    'KOHAKU_HUB_QUOTA_ORGANIZATION_REPOSITORIES',
    repositories,
    'Maximum number of repositories of an organization. Unset: unlimited',
  ),
  maxFileSize: withDefault(
    'KOHAKU_HUB_MAX_FILE_SIZE',
    '500GB',
    byteSize(1),
    'Maximum size of an uploaded file, in bytes or as 10GB',
  ),
  contentCache: withDefault(
    'KOHAKU_HUB_CONTENT_CACHE_SIZE',
    '100GB',
    byteSize(0),
    'Maximum size of the files of sources that are cached on this hub, for sources with "delivery": "cache". Files that were read least recently are removed for new ones. 0: no files are cached',
  ),
  keptReplies: withDefault(
    'KOHAKU_HUB_KEPT_REPLIES_SIZE',
    '1GB',
    byteSize(0),
    'Maximum size of the replies of sources that are stored in the database (KOHAKU_HUB_FALLBACK_FRESH_SECONDS). Replies that were read least recently are removed for new ones',
  ),
  minFreeDisk: withDefault(
    'KOHAKU_HUB_MIN_FREE_DISK',
    '1GB',
    byteSize(0),
    'Free space that uploads must leave on the disk of the data directory. Uploads that would leave less are refused, and the hub reports the status degraded. Not used with S3',
  ),
};

type QuotaSettings = {
  readonly [K in keyof typeof QUOTA_VARIABLES]: (typeof QUOTA_VARIABLES)[K] extends Variable<infer T> ? T : never;
};

export const limitsOf = (settings: QuotaSettings): LimitsConfig => ({
  quota: {
    user: { bytes: settings.quotaAccount, repositories: settings.quotaAccountRepositories },
    organization: { bytes: settings.quotaOrganization, repositories: settings.quotaOrganizationRepositories },
  },
  maxFileSize: settings.maxFileSize,
  contentCache: settings.contentCache,
  keptReplies: settings.keptReplies,
  minFreeDisk: settings.minFreeDisk,
});
