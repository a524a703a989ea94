import { Body, HttpCode, Param, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import type { Response } from 'express';
import type { UrlBuilder } from '../domain/url-builder.js';
import type { HubRequest } from '../platform/http/hub-request.js';
import { Urls } from '../platform/http/repo.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { PrefetchForecasts } from '../repos/prefetch/prefetch-forecast.service.js';
import type { PrefetchRepo } from '../repos/prefetch/prefetch-job.entity.js';
import { PrefetchJobs } from '../repos/prefetch/prefetch-jobs.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';
import {
  PrefetchForecastRequestDto,
  PrefetchParamsDto,
  PrefetchRequestDto,
  type PrefetchRepoDto,
} from './dto/prefetch.dto.js';
import { PrefetchForecastDto, toPrefetchForecastDto } from './dto/prefetch-forecast.dto.js';
import {
  PrefetchJobDetailsDto,
  PrefetchJobDto,
  PrefetchJobListDto,
  toPrefetchErrorDto,
  toPrefetchJobDto,
} from './dto/prefetch-job.dto.js';

/** Jobs that fill the content cache. */
@AdminApi()
export class PrefetchController {
  constructor(
    private readonly jobs: PrefetchJobs,
    private readonly forecasts: PrefetchForecasts,
  ) {}

  @Route('admin.prefetch.start')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Cache files of sources in advance',
    description:
      'The job runs in the background, on one replica, and continues after restarts. It caches the files of sources whose delivery is `cache` or `cache-async`, ' +
      'and the replies that clients need to download them. The `Location` of the response has its progress.',
  })
  @ApiAcceptedResponse({ type: PrefetchJobDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async start(
    @Body() { repos, schedule, max_bytes_per_second }: PrefetchRequestDto,
    @Req() request: HubRequest,
    @Urls() urls: UrlBuilder,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PrefetchJobDto> {
    const order = { repos: repos.map(toPrefetchRepo), schedule, maxBytesPerSecond: max_bytes_per_second };
    const job = await this.jobs.start(order, request.caller);
    response.setHeader('Location', urls.url(`/admin/api/prefetch/${job.id}`));
    return toPrefetchJobDto(job);
  }

  @Route('admin.prefetch.forecast')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forecast the size of a job, without starting it' })
  @ApiOkResponse({ type: PrefetchForecastDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async forecast(@Body() { repos }: PrefetchForecastRequestDto): Promise<PrefetchForecastDto> {
    return toPrefetchForecastDto(await this.forecasts.forecast(repos.map(toPrefetchRepo)));
  }

  @Route('admin.prefetch.list')
  @ApiOperation({ summary: 'List the last 100 jobs, newest first' })
  @ApiOkResponse({ type: PrefetchJobListDto })
  async list(): Promise<PrefetchJobListDto> {
    return { jobs: (await this.jobs.list()).map(toPrefetchJobDto) };
  }

  @Route('admin.prefetch.get')
  @ApiOperation({ summary: 'Get the progress or the result of a job' })
  @ApiOkResponse({ type: PrefetchJobDetailsDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async get(@Param() { id }: PrefetchParamsDto): Promise<PrefetchJobDetailsDto> {
    const job = await this.jobs.get(id);
    return { ...toPrefetchJobDto(job), errors: (await this.jobs.failed(job)).map(toPrefetchErrorDto) };
  }

  @Route('admin.prefetch.pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause a job that waits or runs' })
  @ApiOkResponse({ type: PrefetchJobDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The job has ended' })
  async pause(@Param() { id }: PrefetchParamsDto, @Req() request: HubRequest): Promise<PrefetchJobDto> {
    return toPrefetchJobDto(await this.jobs.pause(id, request.caller));
  }

  @Route('admin.prefetch.resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Resume a job that was paused or has failed', description: 'Failed files are tried again.' })
  @ApiOkResponse({ type: PrefetchJobDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The job is complete or was canceled' })
  async resume(@Param() { id }: PrefetchParamsDto, @Req() request: HubRequest): Promise<PrefetchJobDto> {
    return toPrefetchJobDto(await this.jobs.resume(id, request.caller));
  }

  @Route('admin.prefetch.cancel')
  @ApiOperation({ summary: 'Cancel a job, or remove one that has ended', description: 'Cached files are kept.' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async cancel(@Param() { id }: PrefetchParamsDto, @Req() request: HubRequest): Promise<DoneDto> {
    const isCanceled = await this.jobs.cancel(id, request.caller);
    return { success: true, message: `Prefetch job ${id} ${isCanceled ? 'canceled' : 'removed'}` };
  }
}

const toPrefetchRepo = ({ type, id, revision = 'main', files }: PrefetchRepoDto): PrefetchRepo => ({
  type,
  id,
  revision,
  files,
});
