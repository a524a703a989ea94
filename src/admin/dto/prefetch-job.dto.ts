import { ApiProperty } from '@nestjs/swagger';
import { REPO_TYPES, type RepoType } from '../../domain/repo-id.js';
import { PREFETCH_STATES, type PrefetchRepo, type PrefetchState } from '../../repos/prefetch/prefetch-job.entity.js';
import type { FailedFile } from '../../repos/prefetch/prefetch-file.store.js';
import type { PrefetchJob } from '../../repos/prefetch/prefetch-job.store.js';
import { PrefetchRepoDto } from './prefetch.dto.js';

/** A file, or a whole repository, that could not be cached. */
export class PrefetchErrorDto {
  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  type: RepoType;

  /** @example "openai-community/gpt2" */
  id: string;

  /** Null if the repository could not be read. */
  @ApiProperty({ type: String, nullable: true, example: 'model.safetensors' })
  path: string | null;

  error: string;
}

/** A job that caches files of sources, and its progress. */
export class PrefetchJobDto {
  /** @example 7 */
  id: number;

  /** `waiting`: it runs at `next_run_at`, by its schedule, or because a source does not respond or limits requests. */
  @ApiProperty({ enum: PREFETCH_STATES, enumName: 'PrefetchState' })
  state: PrefetchState;

  @ApiProperty({ type: [PrefetchRepoDto] })
  repos: PrefetchRepoDto[];

  @ApiProperty({ type: String, nullable: true, example: '0 3 * * *' })
  schedule: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 10_000_000 })
  max_bytes_per_second: number | null;

  /**
   * Network address of the administrator who has started the job.
   * @example "10.0.0.7"
   */
  started_by: string;

  /** Number of files of this run. 0 until they are listed. */
  files_total: number;

  files_done: number;

  files_failed: number;

  bytes_total: number;

  /** Bytes of files that are cached, and of those that are being cached. */
  bytes_done: number;

  /** The files that are being cached. */
  current: string[];

  /** The reason for waiting, or of the failure. */
  @ApiProperty({ type: String, nullable: true })
  message: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  created_at: string;

  /** Start of the last run. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  started_at: string | null;

  /** End of the last run. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finished_at: string | null;

  /** Null unless the job waits. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  next_run_at: string | null;
}

/** A job with the first 100 files that could not be cached. */
export class PrefetchJobDetailsDto extends PrefetchJobDto {
  @ApiProperty({ type: [PrefetchErrorDto] })
  errors: PrefetchErrorDto[];
}

export class PrefetchJobListDto {
  @ApiProperty({ type: [PrefetchJobDto] })
  jobs: PrefetchJobDto[];
}

export const toPrefetchJobDto = (job: PrefetchJob): PrefetchJobDto => ({
  id: job.id,
  state: job.state,
  repos: job.repos.map(toRepoDto),
  schedule: job.schedule,
  max_bytes_per_second: job.maxBytesPerSecond,
  started_by: job.startedBy,
  files_total: job.filesTotal,
  files_done: job.filesDone,
  files_failed: job.filesFailed,
  bytes_total: job.bytesTotal,
  bytes_done: Math.min(job.bytesDone + job.bytesCurrent, job.bytesTotal),
  current: [...job.currentFiles],
  message: job.message,
  created_at: job.createdAt.toISOString(),
  started_at: job.startedAt?.toISOString() ?? null,
  finished_at: job.finishedAt?.toISOString() ?? null,
  next_run_at: job.state === 'waiting' ? job.nextRunAt.toISOString() : null,
});

export const toPrefetchErrorDto = ({ repoType, repoId, path, error }: FailedFile): PrefetchErrorDto => ({
  type: repoType,
  id: repoId,
  path: path === '' ? null : path,
  error,
});

export const toRepoDto = ({ files, ...repo }: PrefetchRepo): PrefetchRepoDto => ({
  ...repo,
  files: files && [...files],
});
