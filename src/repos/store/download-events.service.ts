import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { repoFullName } from '../../domain/repo-id.js';
import { actorOf } from '../../platform/audit/actor.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { DELIVERIES, type DownloadedRepo, type Downloader, type SentFile } from './download.js';
import type { DownloadEvent } from './download.store.js';

/** Parts of a file that a caller fetches within this time, for example columns of a Parquet file, are one event. */
const WINDOW_MS = 5 * 60_000;
/** Maximum number of files that are tracked for this. If there are more, the oldest may have another event. */
const MAX_TRACKED = 100_000;
/** Events that wait while the database does not respond. Further ones are lost, and logged. */
const MAX_WAITING = 200_000;
const MAX_PATH = 300;

type WaitingEvent = DownloadEvent & { bytes: number };

/** Events of downloads for the audit log, until they are written. */
@Injectable()
export class DownloadEvents {
  private readonly logger = new Logger('Downloads');
  private readonly tracked = new LRUCache<string, { readonly until: number; readonly event: WaitingEvent }>({
    max: MAX_TRACKED,
  });
  private waiting: WaitingEvent[] = [];
  private lost = 0;

  constructor(@Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'audit'>) {}

  /** Number of events that are not written yet. */
  get count(): number {
    return this.waiting.length;
  }

  /** Adds an event for a file. The bytes of further parts are added to it while it is waiting. */
  add(of: DownloadedRepo, by: Downloader, file: SentFile & { readonly bytes: number; readonly at: Date }): void {
    const { at, bytes, isStart } = file;
    if (!this.config.audit.downloads || (bytes === 0 && !isStart)) return;
    const event = { at, ...actorOf(by.caller), ...repoColumns(of), ...fileColumns(of, file), bytes };
    const key = JSON.stringify([event.id ?? by.address, event.tokenId, repoColumns(of), event.object, file.commit]);
    const earlier = this.tracked.get(key);
    if (!isStart && earlier && earlier.until > at.getTime()) {
      earlier.event.bytes += bytes;
      return;
    }
    this.tracked.set(key, { until: at.getTime() + WINDOW_MS, event });
    if (this.waiting.length < MAX_WAITING) this.waiting.push(event);
    else this.lost += 1;
  }

  /** The oldest events. They are waiting until `written` is called. */
  oldest(count: number): readonly DownloadEvent[] {
    return this.waiting.slice(0, count);
  }

  /** Deletes the oldest events. */
  written(count: number): void {
    this.waiting = this.waiting.slice(count);
    if (this.lost > 0) this.logger.error(`${this.lost} downloads are missing in the audit log: too many were waiting`);
    this.lost = 0;
  }
}

/** The columns that identify a repository. */
export const repoColumns = (of: DownloadedRepo) =>
  of.repositoryId === undefined
    ? { repository: null, repo_type: of.repo.type, repo_name: repoFullName(of.repo) }
    : { repository: of.repositoryId, repo_type: null, repo_name: null };

const fileColumns = (of: DownloadedRepo, { path, commit, delivery, over }: SentFile) => ({
  object: path?.slice(0, MAX_PATH) ?? null,
  data: {
    delivery: DELIVERIES[delivery],
    ...(commit !== undefined && { commit }),
    ...(of.repositoryId === undefined && { source: of.source }),
    ...(over && { over }),
  },
});
