import { ApiProperty } from '@nestjs/swagger';
import type { SourceRecord } from '../../fallback/sources/source-record.js';
import type { BreakerState, SourceHealth } from '../../fallback/upstream/upstream-health.js';

/** The state of a source's token, as learned from requests that used it. */
export type TokenHealth = 'none' | 'valid' | 'rejected' | 'unknown' | 'unreadable';

/** The health of a source since this replica started. */
export class SourceHealthDto {
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], example: 1 })
  id: number | string;

  /** @example "HuggingFace" */
  name: string;

  /** @example "https://huggingface.co" */
  url: string;

  /** Circuit breaker: `open` means that the source is skipped after repeated failures, `half-open` that one request is tried. */
  @ApiProperty({ enum: ['closed', 'open', 'half-open'] })
  breaker: BreakerState;

  /** @example 340 */
  requests: number;

  /** @example 2 */
  failures: number;

  /** Median latency of recent requests until the response headers, in milliseconds. */
  @ApiProperty({ type: Number, nullable: true, example: 84 })
  p50_ms: number | null;

  /** 95th percentile of the latency, in milliseconds. */
  @ApiProperty({ type: Number, nullable: true, example: 310 })
  p95_ms: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'It did not respond in time' })
  last_error: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_error_at: string | null;

  /** `unreadable`: encrypted with another secret key, so the source is used without a token. `unknown`: not used yet. */
  @ApiProperty({ enum: ['none', 'valid', 'rejected', 'unknown', 'unreadable'] })
  token: TokenHealth;
}

function tokenHealth(record: SourceRecord, report: SourceHealth | undefined): TokenHealth {
  if (!record.hasToken) return 'none';
  if (!record.tokenReadable) return 'unreadable';
  if (report?.token === 'rejected') return 'rejected';
  return report?.token === 'accepted' ? 'valid' : 'unknown';
}

/** A source that has not been used yet is reported as healthy. */
export const toSourceHealthDto = (record: SourceRecord, report: SourceHealth | undefined): SourceHealthDto => ({
  id: record.id,
  name: record.source.name,
  url: record.source.url,
  breaker: report?.breaker ?? 'closed',
  requests: report?.requests ?? 0,
  failures: report?.failures ?? 0,
  p50_ms: report?.p50Ms ?? null,
  p95_ms: report?.p95Ms ?? null,
  last_error: report?.lastError ?? null,
  last_error_at: report?.lastErrorAt ?? null,
  token: tokenHealth(record, report),
});
