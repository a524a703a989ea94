import type { ReplyHeaders } from '../../domain/upstream.js';

/** Limits the waiting time that a source can impose. */
export const MAX_HOLD_SECONDS = 300;

/**
 * The time to wait after a 429 or 503 in whole seconds: from `Retry-After` (seconds or a date), or the reset time of an exhausted
 * `RateLimit` (huggingface.co: `"api";r=0;t=55`). `undefined` if the reply has neither.
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
  const exhausted = (value ?? '')
    .split(',')
    .map((limit) => limit.split(';').map((parameter) => parameter.trim()))
    .find((parameters) => parameters.includes('r=0'));
  const reset = exhausted?.find((parameter) => /^t=\d+$/.test(parameter));
  return reset === undefined ? undefined : Number(reset.slice('t='.length));
}
