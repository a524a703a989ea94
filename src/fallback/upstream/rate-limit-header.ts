import type { ReplyHeaders } from '../../domain/upstream.js';

/** One of the rate limits that a source reports. It calls them buckets. */
export interface ReportedLimit {
  readonly bucket: string;
  /** Requests left. */
  readonly remaining?: number;
  /** Seconds until the bucket is full again. */
  readonly resetSeconds?: number;
  /** Requests per window. */
  readonly quota?: number;
  readonly windowSeconds?: number;
}

/** Names are from the source, so their number and length are limited. */
const MAX_BUCKETS = 8;
const MAX_NAME_LENGTH = 64;

interface Item {
  readonly name: string;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Reads items such as `"api";r=0;t=55`. huggingface.co names the kind of window first: `"fixed window";"api";q=500;w=300`. */
function parseItems(header: string | undefined): Item[] {
  const items = (header ?? '').split(',', MAX_BUCKETS).map((text): Item => {
    const parts = text.split(';').map((part) => part.trim());
    const numbers = parts.flatMap((part) => {
      const [, key, digits] = /^([a-z]+)=(\d+)$/.exec(part) ?? [];
      return key === undefined ? [] : [[key, Number(digits)] as const];
    });
    const names = parts.flatMap((part) => /^"([^"]+)"$/.exec(part)?.[1] ?? /^[\w-]+$/.exec(part)?.[0] ?? []);
    return { name: (names.at(-1) ?? '').slice(0, MAX_NAME_LENGTH), numbers: Object.fromEntries(numbers) };
  });
  return items.filter(({ name }) => name !== '');
}

/** The limits in the `RateLimit` and `RateLimit-Policy` headers of a reply, by bucket. */
export function reportedLimits(headers: ReplyHeaders): ReportedLimit[] {
  const limits = parseItems(headers['ratelimit']);
  const policies = parseItems(headers['ratelimit-policy']);
  const buckets = new Set([...limits, ...policies].map(({ name }) => name));
  const numbersOf = (items: readonly Item[], bucket: string) => items.find(({ name }) => name === bucket)?.numbers;
  return [...buckets].slice(0, MAX_BUCKETS).map((bucket) => ({
    bucket,
    remaining: numbersOf(limits, bucket)?.['r'],
    resetSeconds: numbersOf(limits, bucket)?.['t'],
    quota: numbersOf(policies, bucket)?.['q'],
    windowSeconds: numbersOf(policies, bucket)?.['w'],
  }));
}

/** The buckets that a 429 is about: the exhausted ones, or the only one that it names. Empty if it names none, or several without an exhausted one. */
export function limitedBuckets(headers: ReplyHeaders): string[] {
  const limits = reportedLimits(headers);
  const exhausted = limits.filter(({ remaining }) => remaining === 0);
  const meant = exhausted.length > 0 || limits.length !== 1 ? exhausted : limits;
  return meant.map(({ bucket }) => bucket);
}
