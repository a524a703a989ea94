import { DownloadCounts } from './download-counts.service.js';
import { DownloadEvents } from './download-events.service.js';
import { DownloadStore } from './download.store.js';
import { UsageStore } from './usage.store.js';

/** Providers of the bookkeeping of downloads. */
export const DOWNLOAD_PROVIDERS = [DownloadCounts, DownloadEvents, DownloadStore, UsageStore];
