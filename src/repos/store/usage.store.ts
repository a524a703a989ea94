import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** The usage to report. */
export interface UsageFilter {
  /** `YYYY-MM-DD`, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly ownerId?: number;
  readonly repositoryId?: number;
}

/** Downloads and bytes with the same key: a day, a source, a person or a repository. */
export interface UsageRow {
  readonly key: string;
  readonly downloads: number;
  readonly bytes: number;
  /** Number of different accounts and anonymous networks. Networks are distinguished on single days only. */
  readonly people: number;
}

/** The keys by which usage is added up. */
export const USAGE_KEYS = {
  day: `to_char(u.day, 'YYYY-MM-DD')`,
  source: `CASE WHEN u.source = '' THEN 'local' ELSE u.source END`,
  person: `coalesce(a.name, 'anonymous')`,
  repository: `u.repo_type || 's/' || u.repo_name`,
} as const;
export type UsageKey = keyof typeof USAGE_KEYS;

/** The most rows of a report by repository or person. */
export const MAX_USAGE_ROWS = 1000;

/** Reads downloads and bytes by day, source, person or repository. */
@Injectable()
export class UsageStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** By day in order; otherwise, most bytes first. */
  async report(by: UsageKey, { from, to, ownerId, repositoryId }: UsageFilter): Promise<UsageRow[]> {
    const rows = await this.database.query<{ key: string; downloads: string; bytes: string; people: number }[]>(
      `SELECT ${USAGE_KEYS[by]} AS key, sum(u.downloads) AS downloads, sum(u.bytes) AS bytes, count(DISTINCT u.actor)::integer AS people
       FROM usage_days u LEFT JOIN accounts a ON a.id = u.account_id
       WHERE u.day BETWEEN $1::date AND $2::date AND ($3::integer IS NULL OR u.owner_id = $3) AND ($4::integer IS NULL OR u.repository_id = $4)
       GROUP BY 1 ORDER BY ${by === 'day' ? '1' : '3 DESC, 1'} LIMIT ${MAX_USAGE_ROWS}`,
      [from, to, ownerId ?? null, repositoryId ?? null],
    );
    return rows.map(({ key, downloads, bytes, people }) => ({
      key,
      downloads: Number(downloads),
      bytes: Number(bytes),
      people,
    }));
  }
}
