import { ApiProperty } from '@nestjs/swagger';
import type { PrefetchForecast, RepoForecast } from '../../repos/prefetch/prefetch-forecast.service.js';
import { toRepoDto } from './prefetch-job.dto.js';
import { PrefetchRepoDto } from './prefetch.dto.js';

/** The size of a repository. */
export class PrefetchRepoForecastDto extends PrefetchRepoDto {
  /** The commit of the revision. */
  @ApiProperty({ type: String, nullable: true })
  commit: string | null;

  /** Name of the source. */
  @ApiProperty({ type: String, nullable: true, example: 'HuggingFace' })
  source: string | null;

  /** Number of files that match the patterns. Their list is in the commit. */
  file_count: number;

  bytes: number;

  held_file_count: number;

  held_bytes: number;

  /** Number of matching files that are empty, or that the settings of the source do not cache. */
  not_cached_file_count: number;

  /** The reason why the repository cannot be cached. */
  @ApiProperty({ type: String, nullable: true })
  problem: string | null;
}

/** The size of a job. */
export class PrefetchForecastDto {
  @ApiProperty({ type: [PrefetchRepoForecastDto] })
  repos: PrefetchRepoForecastDto[];

  file_count: number;

  bytes: number;

  /** Files that are cached already. */
  held_file_count: number;

  held_bytes: number;

  /** Limit of the content cache in bytes (`KOHAKU_HUB_CONTENT_CACHE_SIZE`). */
  cache_limit: number;

  /** Bytes that the content cache uses. */
  cache_used: number;

  /** Whether all files fit into the cache at the same time, if necessary after others were removed. */
  fits: boolean;

  /** The reason if they do not fit, for example that other files are pinned or the disk is full. */
  @ApiProperty({ type: String, nullable: true })
  space_problem: string | null;
}

export const toPrefetchForecastDto = ({
  repos,
  files,
  bytes,
  held,
  limit,
  used,
  spaceProblem,
}: PrefetchForecast): PrefetchForecastDto => ({
  repos: repos.map(toRepoForecastDto),
  file_count: files,
  bytes,
  held_file_count: held.files,
  held_bytes: held.bytes,
  cache_limit: limit,
  cache_used: used,
  fits: spaceProblem === undefined,
  space_problem: spaceProblem ?? null,
});

const toRepoForecastDto = ({ repo, planned, files, bytes, held, problem }: RepoForecast): PrefetchRepoForecastDto => ({
  ...toRepoDto(repo),
  commit: planned?.commit ?? null,
  source: planned?.source.name ?? null,
  file_count: files,
  bytes,
  held_file_count: held.files,
  held_bytes: held.bytes,
  not_cached_file_count: planned?.notCached ?? 0,
  problem: problem ?? null,
});
