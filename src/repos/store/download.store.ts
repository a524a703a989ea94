import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Number of downloads of a repository on one day. */
export interface DownloadCount {
  readonly repositoryId: number;
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string;
  readonly count: number;
}

/** Ignores repositories that have been deleted in the meantime. */
const ADD = `
  WITH given AS (
    SELECT n.repository_id, n.day, n.count
    FROM unnest($1::integer[], $2::date[], $3::bigint[]) AS n (repository_id, day, count)
    JOIN repositories r ON r.id = n.repository_id
  ), days AS (
    INSERT INTO download_days (repository_id, day, count)
    SELECT repository_id, day, count FROM given ORDER BY repository_id, day
    ON CONFLICT (repository_id, day) DO UPDATE SET count = download_days.count + excluded.count
  )
  UPDATE repositories r
  SET downloads = r.downloads + total.count, downloads_all_time = r.downloads_all_time + total.count
  FROM (SELECT repository_id, sum(count) AS count FROM given GROUP BY repository_id) AS total
  WHERE r.id = total.repository_id`;

/** Recomputes the 30-day count, up to the day $1, where it has changed. */
const REFRESH = `
  UPDATE repositories r SET downloads = recent.count
  FROM (
    SELECT shown.id, coalesce(sum(d.count), 0) AS count
    FROM repositories shown
    LEFT JOIN download_days d ON d.repository_id = shown.id AND d.day > $1::date - 30
    WHERE shown.downloads > 0
    GROUP BY shown.id
  ) AS recent
  WHERE r.id = recent.id AND r.downloads <> recent.count`;

@Injectable()
export class DownloadStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async add(counts: readonly DownloadCount[]): Promise<void> {
    const column = <K extends keyof DownloadCount>(name: K) => counts.map((count) => count[name]);
    await this.database.query(ADD, [column('repositoryId'), column('day'), column('count')]);
  }

  /**
   * Removes days more than 30 days ago from the 30-day counts.
   *
   * @param today - `YYYY-MM-DD`
   */
  async refresh(today: string): Promise<void> {
    await this.database.query(REFRESH, [today]);
  }
}
