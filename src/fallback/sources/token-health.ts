import type { SourceHealth } from '../upstream/upstream-health.js';
import type { SourceRecord } from './source-record.js';
import type { StoredCheck } from './token-check.js';

/** The state of a source's token. */
export type TokenHealth = 'none' | 'valid' | 'rejected' | 'refused' | 'unknown' | 'unreadable';

/** The state of a source's token, and when it was learned, in milliseconds since the epoch. */
export interface TokenStatus {
  readonly state: TokenHealth;
  readonly at: number | null;
}

const OF_CHECKS = { valid: 'valid', rejected: 'rejected', unknown: 'unknown', failed: 'unknown' } as const;
const OF_REQUESTS = { accepted: 'valid', rejected: 'rejected', refused: 'refused' } as const;

/**
 * The state of a source's token, from the last request that showed it or the last check, if that is later.
 *
 * @param report - what requests of this replica have shown; missing until the source is used
 * @param check - the last check of the current credentials, by any replica
 */
export function tokenStatus(
  { source, secretFields }: SourceRecord,
  report: SourceHealth | undefined,
  check: StoredCheck | undefined,
): TokenStatus {
  const hasAuthorization = secretFields.some((field) => field === 'token' || field === 'basic_auth');
  if (source.isUnreadable) return { state: 'unreadable', at: null };
  if (!hasAuthorization) return { state: 'none', at: null };
  const checked: TokenStatus = {
    state: check?.state ? OF_CHECKS[check.state] : 'unknown',
    at: check?.checkedAt ? Date.parse(check.checkedAt) : null,
  };
  if (!report || report.token === 'none') return checked;
  const isLater = checked.state !== 'unknown' && (checked.at ?? 0) > (report.tokenAt ?? 0);
  return isLater ? checked : { state: OF_REQUESTS[report.token], at: report.tokenAt };
}
