import { ApiProperty } from '@nestjs/swagger';
import type { TokenHealth, TokenStatus } from '../../fallback/sources/token-health.js';
import type { SourceRecord } from '../../fallback/sources/source-record.js';
import type { Hold, RateLimits } from '../../fallback/upstream/rate-limits.js';
import type { Budget, Credential } from '../../fallback/upstream/request-budgets.js';
import type { BreakerState } from '../../fallback/upstream/source-breaker.js';
import type { SourceHealth } from '../../fallback/upstream/upstream-health.js';

/** A time in which the hub sends some requests to a source no longer, because the source limits them. */
export class HoldDto {
  /** The limited bucket, such as `api`, `resolvers` or `pages` of huggingface.co; null for all requests. */
  @ApiProperty({ type: String, nullable: true, example: 'api' })
  bucket: string | null;

  /** Whether requests with the source's token or anonymous ones are limited. */
  @ApiProperty({ enum: ['token', 'anonymous'] })
  credential: Credential;

  /** End of the hold. */
  @ApiProperty({ type: String, format: 'date-time' })
  until: string;
}

/** The requests that a source still allows, as reported in its last reply to any replica. */
export class BudgetDto {
  /** @example "api" */
  bucket: string;

  @ApiProperty({ enum: ['token', 'anonymous'] })
  credential: Credential;

  /** @example 499 */
  remaining: number;

  /** Requests per window. */
  @ApiProperty({ type: Number, nullable: true, example: 500 })
  quota: number | null;

  /** End of the window. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  resets_at: string | null;
}

export const toHoldDto = ({ bucket, credential, until }: Hold): HoldDto => ({
  bucket,
  credential,
  until: new Date(until).toISOString(),
});

const toBudgetDto = ({ bucket, credential, remaining, quota, resetsAt }: Budget): BudgetDto => ({
  bucket,
  credential,
  remaining,
  quota,
  resets_at: isoTime(resetsAt),
});

const isoTime = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

/** The health of a source since this replica started. */
export class SourceHealthDto {
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], example: 1 })
  id: number | string;

  /** @example "HuggingFace" */
  name: string;

  /** @example "https://huggingface.co" */
  url: string;

  /** Whether the source is used. */
  enabled: boolean;

  /** Circuit breaker: `open` means that the source is skipped, since it cannot be reached; `half-open` that it is tested again. */
  @ApiProperty({ enum: ['closed', 'open', 'half-open'] })
  breaker: BreakerState;

  /** When the source is tested again. Null while the breaker is closed. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  retry_at: string | null;

  /** The holds that have not ended. */
  @ApiProperty({ type: [HoldDto] })
  holds: HoldDto[];

  /** The rate limits that the source has reported. */
  @ApiProperty({ type: [BudgetDto] })
  budgets: BudgetDto[];

  /** @example 340 */
  requests: number;

  /** @example 2 */
  failures: number;

  /** Median latency of metadata requests that the source answered in the last ten minutes, in milliseconds. */
  @ApiProperty({ type: Number, nullable: true, example: 84 })
  p50_ms: number | null;

  /** 95th percentile of the latency, in milliseconds. */
  @ApiProperty({ type: Number, nullable: true, example: 310 })
  p95_ms: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'It did not respond in time' })
  last_error: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_error_at: string | null;

  /**
   * State of the token or of the user and password, from the last request that showed it or the last check. `refused`: the source refused the last
   * request with them, without a reason. `unknown`: not checked yet, or the source could not be asked. `unreadable`: these or other credentials cannot be decrypted with the secret keys of
   * this hub, so the source is not used.
   */
  @ApiProperty({ enum: ['none', 'valid', 'rejected', 'refused', 'unknown', 'unreadable'] })
  token: TokenHealth;

  /** When the state of the token was learned, or its check failed. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  token_checked_at: string | null;
}

/** A source that has not been used yet is reported as healthy. */
export const toSourceHealthDto = (
  record: SourceRecord,
  limits: RateLimits,
  report: SourceHealth | undefined,
  token: TokenStatus,
): SourceHealthDto => ({
  id: record.id,
  name: record.source.name,
  url: record.source.url,
  enabled: record.source.enabled,
  breaker: report?.breaker ?? 'closed',
  retry_at: isoTime(report?.retryAt),
  holds: limits.activeHolds().map(toHoldDto),
  budgets: limits.currentBudgets().map(toBudgetDto),
  requests: report?.requests ?? 0,
  failures: report?.failures ?? 0,
  p50_ms: report?.p50Ms ?? null,
  p95_ms: report?.p95Ms ?? null,
  last_error: report?.lastError ?? null,
  last_error_at: report?.lastErrorAt ?? null,
  token: token.state,
  token_checked_at: isoTime(token.at),
});
