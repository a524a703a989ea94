import type { ReplyHeaders } from '../../domain/upstream.js';

/** Nobody is held off for longer, whatever a source demands. */
export const MAX_HOLD_SECONDS = 300;

/**
 * For how many whole seconds a 429 wants no further request: `Retry-After` (seconds or a date), or the reset time of an exhausted
 * `RateLimit` (huggingface.co: `"api";r=0;t=55`). Undefined when it does not say.
 */
export function retryAfterSeconds(headers: ReplyHeaders, now: Date): number | undefined {
  const seconds = fromRetryAfter(headers['retry-after'], now) ?? fromRateLimit(headers['ratelimit']);
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 1), MAX_HOLD_SECONDS);
}

function fromRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (!value) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.ceil((date - now.getTime()) / 1000);
}

function fromRateLimit(value: string | undefined): number | undefined {
  const reset = /;\s*r=0\b[^,]*;\s*t=(\d+)/.exec(value ?? '')?.[1];
  return reset === undefined ? undefined : Number(reset);
}
