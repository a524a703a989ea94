import type { ReplyHeaders } from '../../domain/upstream.js';
import { reportedLimits } from './rate-limit-header.js';

/** Limits the waiting time that a source can impose. */
export const MAX_HOLD_SECONDS = 300;

/**
 * The time to wait after a 429 or 503 in whole seconds: from `Retry-After` (seconds or a date), or the reset time of an exhausted
 * `RateLimit` (huggingface.co: `"api";r=0;t=55`). `undefined` if the reply has neither.
 * @param bucket - the bucket of the request, whose own reset time is preferred to that of others
 */
export function retryAfterSeconds(headers: ReplyHeaders, now: Date, bucket?: string): number | undefined {
  const seconds = fromRetryAfter(headers['retry-after'], now) ?? fromRateLimit(headers, bucket);
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 1), MAX_HOLD_SECONDS);
}

function fromRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (!value) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.ceil((date - now.getTime()) / 1000);
}

function fromRateLimit(headers: ReplyHeaders, bucket: string | undefined): number | undefined {
  const limits = reportedLimits(headers);
  const resets = limits.flatMap(({ remaining, resetSeconds }) =>
    remaining === 0 && resetSeconds !== undefined ? [resetSeconds] : [],
  );
  if (resets.length === 0) return undefined;
  return limits.find((limit) => limit.bucket === bucket)?.resetSeconds ?? Math.max(...resets);
}
