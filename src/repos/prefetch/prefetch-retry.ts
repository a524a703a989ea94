import { HubError, type HubErrorCode } from '../../domain/hub-error.js';

const TRANSIENT: ReadonlySet<HubErrorCode> = new Set([
  'UpstreamFailed',
  'UpstreamUnavailable',
  'UpstreamTimeout',
  'RateLimited',
]);
/** Together, the pauses of all attempts last about 20 minutes. */
const MAX_ATTEMPTS = 9;
const FIRST_PAUSE_SECONDS = 5;
const MAX_PAUSE_SECONDS = 300;

/**
 * The time for the next attempt after an error; `undefined` if it is final.
 * @param attempts - failed attempts before this one
 */
export function retryTime(error: unknown, attempts: number, now: Date): Date | undefined {
  const isKnown = error instanceof HubError;
  if (isKnown && !TRANSIENT.has(error.code)) return undefined;
  const isLimited = isKnown && error.code === 'RateLimited';
  if (!isLimited && attempts + 1 >= MAX_ATTEMPTS) return undefined;
  const pause = isLimited ? FIRST_PAUSE_SECONDS : FIRST_PAUSE_SECONDS * 2 ** attempts;
  const reported = isKnown ? (error.facts.retryAfter ?? 0) : 0;
  return new Date(now.getTime() + 1000 * Math.min(Math.max(pause, reported), MAX_PAUSE_SECONDS));
}
