/** How current a reply of a source is. `revalidated`: older than its window, and checked with the source. `stale`: the source could not be asked. */
export type Freshness = 'fresh' | 'revalidated' | 'stale';

/** When a kept reply was requested or confirmed last, and when the source last failed to confirm it, as Unix time in milliseconds. */
export interface CheckTimes {
  readonly checkedAt: number;
  readonly failedAt?: number | undefined;
}

/** How long kept replies are served, in milliseconds. */
export interface FreshnessWindows {
  readonly freshMs: number;
  /** After the window, while the source does not respond. */
  readonly staleMs: number;
}

/** The windows of a source, in which replies are served. */
export const windowsOf = (
  source: { readonly freshSeconds: number | null },
  { freshSeconds, staleSeconds }: { readonly freshSeconds: number; readonly staleSeconds: number },
): FreshnessWindows => ({ freshMs: (source.freshSeconds ?? freshSeconds) * 1000, staleMs: staleSeconds * 1000 });

/**
 * The step before a kept reply is served: none (`fresh`), check it in the background (`check`, or `failing` if the source failed to
 * confirm it), wait for the check (`wait`), or request it again (`expired`).
 */
export type FreshnessState = 'fresh' | 'check' | 'failing' | 'wait' | 'expired';

/** For this many windows, a reply is served while it is checked. An older one may be much different, so the check is waited for. */
const CHECKED_IN_BACKGROUND = 10;

/** The state of a kept reply about something that may change. */
export function freshnessState(
  { checkedAt, failedAt }: CheckTimes,
  { freshMs, staleMs }: FreshnessWindows,
  now: number,
): FreshnessState {
  const age = Math.max(0, now - checkedAt);
  if (age < freshMs) return 'fresh';
  if (age >= freshMs + staleMs) return 'expired';
  if (failedAt !== undefined) return 'failing';
  return age < freshMs * CHECKED_IN_BACKGROUND ? 'check' : 'wait';
}
