import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { USAGE_KEYS, type UsageKey } from '../../store/usage.store.js';

const KEYS = Object.keys(USAGE_KEYS) as UsageKey[];
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const DATE_MESSAGE = { message: 'Must be a date such as 2026-01-31' };

/** The days of a report, and how it is grouped. */
export class UsageQueryDto {
  /** Defaults to `day`. */
  @ApiPropertyOptional({ enum: KEYS, default: 'day' })
  @IsOptional()
  @IsIn(KEYS)
  by?: UsageKey;

  /** First day in UTC. Defaults to 30 days before the last. */
  @ApiPropertyOptional({ type: String, format: 'date' })
  @IsOptional()
  @Matches(DATE, DATE_MESSAGE)
  from?: string;

  /** Last day in UTC. Defaults to today. */
  @ApiPropertyOptional({ type: String, format: 'date' })
  @IsOptional()
  @Matches(DATE, DATE_MESSAGE)
  to?: string;

  /** `csv` returns a file instead of JSON. */
  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

/** Downloads and bytes of a day, a source, a person or a repository. */
export class UsageRowDto {
  /**
   * The day, the name of the source (`local` for this hub) or the person (`anonymous` without an account), or the repository.
   * @example "2026-01-31"
   */
  key: string;

  /** All files that a client fetches within five minutes are one download. */
  downloads: number;

  bytes: number;

  /** Number of different accounts and anonymous networks. Networks are distinguished on single days only. */
  people: number;
}

/** Downloads and bytes of a repository, an organization or the hub. */
export class UsageReportDto {
  @ApiProperty({ enum: KEYS })
  by: UsageKey;

  @ApiProperty({ type: String, format: 'date' })
  from: string;

  @ApiProperty({ type: String, format: 'date' })
  to: string;

  @ApiProperty({ type: [UsageRowDto] })
  rows: UsageRowDto[];
}
