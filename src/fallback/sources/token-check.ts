import type { TokenCheck } from '../upstream/harmless-probe.js';

/** How long after a check that failed, because the source was unavailable, the next one is due. */
export const RETRY_MS = 5 * 60_000;

/** The credentials of a source. The fingerprint changes with them and with the URL; they cannot be derived from it. */
export interface CheckedCredentials {
  /** The key of the source. */
  readonly key: string;
  readonly fingerprint: string;
}

/** The last check of a source's credentials. Times are ISO 8601. */
export interface StoredCheck {
  readonly fingerprint: string;
  /** The last result; null before the first. */
  readonly state: TokenCheck | null;
  readonly checkedAt: string | null;
  /** When a replica last began a check. */
  readonly claimedAt: string;
}

/** Checks by the keys of their sources. */
export type StoredChecks = Readonly<Record<string, StoredCheck>>;

/** Whether credentials are to be checked: they are new, the last check is old, or it failed some minutes ago. */
export function isDue(
  last: StoredCheck | undefined,
  { fingerprint }: CheckedCredentials,
  maxAgeMs: number,
  now: Date,
): boolean {
  if (last?.fingerprint !== fingerprint) return true;
  const isOpen = last.state === null || last.state === 'failed';
  const ageMs = Math.abs(now.getTime() - Date.parse(last.claimedAt)); // clocks of replicas differ
  return ageMs >= (isOpen ? Math.min(RETRY_MS, maxAgeMs) : maxAgeMs);
}
