import type { KeptUsage } from '../../fallback/cache/kept-answer.store.js';
import { ApiProperty } from '@nestjs/swagger';
import {
  sumOf,
  type CacheFigures,
  type MinuteFigures,
} from '../../repos/content-cache/content-cache-figures.service.js';

/** Figures of the content cache in a period. */
export class ContentCacheFiguresDto {
  /** Downloads that were served from this hub. */
  hits: number;

  /** Downloads that filled the cache. */
  fills: number;

  /** Downloads from sources that were not cached. */
  misses: number;

  /** Bytes of downloads that were hits or fills. */
  bytes_served: number;

  /** Bytes that the cache requested from sources. */
  bytes_from_sources: number;
}

/** Figures of the content cache in a minute. */
export class ContentCacheMinuteDto extends ContentCacheFiguresDto {
  /** Its start. */
  @ApiProperty({ type: String, format: 'date-time' })
  minute: string;
}

/** State of the content cache, and its figures of the last hour. */
export class ContentCacheStatsDto extends ContentCacheFiguresDto {
  /** Stored bytes. */
  size: number;

  /** Most bytes that may be stored (`KOHAKU_HUB_CONTENT_CACHE_SIZE`); 0 if files are not cached. */
  limit: number;

  /** Cached files. */
  files: number;

  /** Files that this replica is filling. */
  fills_running: number;

  /** Files that this replica has removed to free space since it started. */
  evictions: number;

  /** Replies of sources that are stored, for example lists of files. */
  kept_replies: number;

  kept_reply_bytes: number;

  /** Part of the downloads that were hits, from 0 to 1. Null without downloads. */
  @ApiProperty({ type: Number, nullable: true })
  hit_rate: number | null;

  /** Bytes that were served without requesting them from sources. */
  bytes_saved: number;

  /** The minutes in which something happened, oldest first. */
  @ApiProperty({ type: [ContentCacheMinuteDto] })
  history: ContentCacheMinuteDto[];
}

interface CacheState {
  readonly bytes: number;
  readonly limit: number;
  readonly files: number;
  readonly fillsRunning: number;
  readonly evictions: number;
  readonly kept: KeptUsage;
}

const toFiguresDto = (figures: CacheFigures): ContentCacheFiguresDto => ({
  hits: figures.hits,
  fills: figures.fills,
  misses: figures.misses,
  bytes_served: figures.servedBytes,
  bytes_from_sources: figures.sourceBytes,
});

export function toStatsDto(
  { bytes, limit, files, fillsRunning, evictions, kept }: CacheState,
  minutes: readonly MinuteFigures[],
): ContentCacheStatsDto {
  const sum = sumOf(minutes);
  const downloads = sum.hits + sum.fills + sum.misses;
  return {
    ...toFiguresDto(sum),
    size: bytes,
    limit,
    files,
    fills_running: fillsRunning,
    evictions,
    kept_replies: kept.count,
    kept_reply_bytes: kept.bytes,
    hit_rate: downloads === 0 ? null : sum.hits / downloads,
    bytes_saved: Math.max(0, sum.servedBytes - sum.sourceBytes),
    history: minutes.map((figures) => ({ minute: figures.minute.toISOString(), ...toFiguresDto(figures) })),
  };
}
