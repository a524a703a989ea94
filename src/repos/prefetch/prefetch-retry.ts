import { HubError, type HubErrorCode } from '../../domain/hub-error.js';

/** The hub must wait, which is not a failure. */
const WAITS: ReadonlySet<HubErrorCode> = new Set(['RateLimited', 'Offline']);
const TRANSIENT: ReadonlySet<HubErrorCode> = new Set(['UpstreamFailed', 'UpstreamUnavailable', 'UpstreamTimeout']);
/** Together, the pauses of all attempts last about 20 minutes. */
const MAX_ATTEMPTS = 9;
const FIRST_PAUSE_SECONDS = 5;
const MAX_PAUSE_SECONDS = 300;

/** Whether an error is about a limit of requests or the offline mode, so that it does not count as an attempt. */
export const mustWait = (error: unknown): boolean => error instanceof HubError && WAITS.has(error.code);

/**
 * The time for the next attempt after an error; `undefined` if it is final.
 * @param attempts - failed attempts before this one
 */
export function retryTime(error: unknown, attempts: number, now: Date): Date | undefined {
  const isKnown = error instanceof HubError;
  if (isKnown && !TRANSIENT.has(error.code) && !WAITS.has(error.code)) return undefined;
  if (!mustWait(error) && attempts + 1 >= MAX_ATTEMPTS) return undefined;
  const pause = mustWait(error) ? FIRST_PAUSE_SECONDS : FIRST_PAUSE_SECONDS * 2 ** attempts;
  const reported = isKnown ? (error.facts.retryAfter ?? 0) : 0;
  return new Date(now.getTime() + 1000 * Math.min(Math.max(pause, reported), MAX_PAUSE_SECONDS));
}
