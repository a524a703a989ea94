import { DownloadCounts } from './download-counts.service.js';
import { DownloadDayEntity } from './download-day.entity.js';
import { DownloadEvents } from './download-events.service.js';
import { DownloadStore } from './download.store.js';
import { UsageDayEntity } from './usage-day.entity.js';
import { UsageStore } from './usage.store.js';

/** Tables of the bookkeeping of downloads. */
export const DOWNLOAD_ENTITIES = [DownloadDayEntity, UsageDayEntity];

/** Providers of the bookkeeping of downloads. */
export const DOWNLOAD_PROVIDERS = [DownloadCounts, DownloadEvents, DownloadStore, UsageStore];
