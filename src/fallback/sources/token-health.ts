import type { SourceHealth } from '../upstream/upstream-health.js';
import type { SourceRecord } from './source-record.js';

/** The state of a source's token, as learned from requests that used it. */
export type TokenHealth = 'none' | 'valid' | 'rejected' | 'refused' | 'unknown' | 'unreadable';

/** The state of a source's token; `report` is missing until the source is used. */
export function tokenHealth(record: SourceRecord, report: SourceHealth | undefined): TokenHealth {
  const hasAuthorization = record.secretFields.some((field) => field === 'token' || field === 'basic_auth');
  if (record.source.isUnreadable) return 'unreadable';
  if (!hasAuthorization) return 'none';
  if (report?.token === 'rejected' || report?.token === 'refused') return report.token;
  return report?.token === 'accepted' ? 'valid' : 'unknown';
}
