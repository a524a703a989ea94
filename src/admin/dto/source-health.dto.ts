import { ApiProperty } from '@nestjs/swagger';
import type { SourceRecord } from '../../fallback/sources/source-record.js';
import type { BreakerState, SourceHealth } from '../../fallback/upstream/upstream-health.js';

/** What is known of a source's token from the requests made with it. */
export type TokenHealth = 'none' | 'valid' | 'rejected' | 'unknown' | 'unreadable';

/** How a source has been doing since this process started. */
export class SourceHealthDto {
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], example: 1 })
  id: number | string;

  /** @example "HuggingFace" */
  name: string;

  /** @example "https://huggingface.co" */
  url: string;

  /** Open: not asked for the moment, since it failed repeatedly. Half-open: asked once, to see. */
  @ApiProperty({ enum: ['closed', 'open', 'half-open'] })
  breaker: BreakerState;

  /** @example 340 */
  requests: number;

  /** @example 2 */
  failures: number;

  /** Milliseconds until its answer's headers, over the last requests. */
  @ApiProperty({ type: Number, nullable: true, example: 84 })
  p50_ms: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 310 })
  p95_ms: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'it did not answer in time' })
  last_error: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_error_at: string | null;

  /** Unreadable: stored under another secret key, so that the source is asked without it. Unknown: not used so far. */
  @ApiProperty({ enum: ['none', 'valid', 'rejected', 'unknown', 'unreadable'] })
  token: TokenHealth;
}

function tokenHealth(record: SourceRecord, report: SourceHealth | undefined): TokenHealth {
  if (!record.hasToken) return 'none';
  if (!record.tokenReadable) return 'unreadable';
  if (report?.token === 'rejected') return 'rejected';
  return report?.token === 'accepted' ? 'valid' : 'unknown';
}

/** A source that was never asked is well, as far as anybody knows. */
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
