import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** Downloads and bytes of an actor on one day. */
export interface UsageCount {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string;
  readonly repository: number | null;
  readonly repo_type: string | null;
  readonly repo_name: string | null;
  readonly source: string;
  readonly actor: string;
  readonly account: number | null;
  downloads: number;
  bytes: number;
}

/** A download for the audit log, with the names of the columns. */
export type DownloadEvent = Readonly<Record<string, unknown>>;

const FULL_NAME = `CASE WHEN r.namespace = '' THEN r.name ELSE r.namespace || '/' || r.name END`;

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

const ADD_USAGE = `
  INSERT INTO usage_days (day, repo_type, repo_name, source, actor, account_id, repository_id, owner_id, downloads, bytes)
  SELECT g.day, coalesce(r.type, g.repo_type) AS type, coalesce(${FULL_NAME}, g.repo_name) AS name, g.source, g.actor,
    max(g.account), max(r.id), max(r.owner_id), sum(g.downloads), sum(g.bytes)
  FROM jsonb_to_recordset($1::jsonb) AS g (day date, repository integer, repo_type text, repo_name text, source text, actor text,
    account integer, downloads bigint, bytes bigint)
  LEFT JOIN repositories r ON r.id = g.repository
  WHERE coalesce(r.type, g.repo_type) IS NOT NULL
  GROUP BY g.day, coalesce(r.type, g.repo_type), coalesce(${FULL_NAME}, g.repo_name), g.source, g.actor
  ORDER BY g.day, type, name, g.source, g.actor
  ON CONFLICT (day, repo_type, repo_name, source, actor)
    DO UPDATE SET downloads = usage_days.downloads + excluded.downloads, bytes = usage_days.bytes + excluded.bytes`;

/** Links of large files and Xet tokens have only the account and the access token of their caller. */
const ADD_EVENTS = `
  INSERT INTO audit_events (at, action, actor_kind, administrator, actor_id, actor_name, token_id, token_name, address, user_agent, request_id,
    owner_id, repo_type, repo_name, object, data, bytes)
  SELECT e.at, 'repo.download', CASE WHEN e.kind <> 'user' THEN e.kind WHEN t.publisher_id IS NOT NULL THEN 'trusted-publisher'
      WHEN a.service_of IS NOT NULL THEN 'service-account' ELSE e.kind END, e.administrator, e.id, coalesce(e.name, a.name), e."tokenId", t.name, e.address, e."userAgent",
    e."requestId", r.owner_id, coalesce(r.type, e.repo_type), coalesce(${FULL_NAME}, e.repo_name), e.object, e.data, e.bytes
  FROM jsonb_to_recordset($1::jsonb) AS e (at timestamptz, kind text, administrator text, id integer, name text, "tokenId" integer,
    address text, "userAgent" text, "requestId" text, repository integer, repo_type text, repo_name text, object text, data jsonb, bytes bigint)
  LEFT JOIN repositories r ON r.id = e.repository
  LEFT JOIN access_tokens t ON t.id = e."tokenId"
  LEFT JOIN accounts a ON a.id = e.id
  ORDER BY e.at`;

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

  /** Adds counts to the statistics of repositories and to the usage, and events to the audit log, in one transaction. */
  async add(counts: readonly UsageCount[], events: readonly DownloadEvent[]): Promise<void> {
    await this.database.transaction(async (m) => {
      await addCounts(m, counts);
      if (counts.length > 0) await m.query(ADD_USAGE, [JSON.stringify(counts)]);
      if (events.length > 0) await m.query(ADD_EVENTS, [JSON.stringify(events)]);
    });
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

/** The statistics of local repositories are the sums of their usage. */
async function addCounts(m: EntityManager, counts: readonly UsageCount[]): Promise<void> {
  const sums = new Map<string, { repository: number; day: string; count: number }>();
  for (const { repository, day, downloads } of counts) {
    if (repository === null || downloads === 0) continue;
    const key = `${repository} ${day}`;
    sums.set(key, { repository, day, count: downloads + (sums.get(key)?.count ?? 0) });
  }
  const rows = [...sums.values()];
  if (rows.length === 0) return;
  await m.query(ADD, [
    rows.map(({ repository }) => repository),
    rows.map(({ day }) => day),
    rows.map(({ count }) => count),
  ]);
}
