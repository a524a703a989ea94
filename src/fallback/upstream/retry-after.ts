import type { ReplyHeaders } from '../../domain/upstream.js';
import { reportedLimits } from './rate-limit-header.js';

/** Limits the waiting time that a source can impose. */
export const MAX_HOLD_SECONDS = 300;

/**
 * The time to wait after a 429 or 503 in whole seconds: from `Retry-After` (seconds or a date), or the reset time of an exhausted
 * `RateLimit` (huggingface.co: `"api";r=0;t=55`). `undefined` if the reply has neither.
 */
export function retryAfterSeconds(headers: ReplyHeaders, now: Date): number | undefined {
  const seconds = fromRetryAfter(headers['retry-after'], now) ?? fromRateLimit(headers);
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 1), MAX_HOLD_SECONDS);
}

function fromRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (!value) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.ceil((date - now.getTime()) / 1000);
}

function fromRateLimit(headers: ReplyHeaders): number | undefined {
  const resets = reportedLimits(headers).flatMap(({ remaining, resetSeconds }) =>
    remaining === 0 && resetSeconds !== undefined ? [resetSeconds] : [],
  );
  return resets.length === 0 ? undefined : Math.max(...resets);
}
