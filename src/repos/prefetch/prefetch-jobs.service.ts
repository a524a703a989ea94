import { Inject, Injectable, Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import type { PrefetchRepo } from './prefetch-job.entity.js';
import { PrefetchFileStore, type FailedFile } from './prefetch-file.store.js';
import { PrefetchJobStore, type PrefetchJob } from './prefetch-job.store.js';
import { PrefetchRunner } from './prefetch-runner.service.js';
import { PrefetchSchedule } from './prefetch-schedule.service.js';

const LISTED_JOBS = 100;

/** A job as an administrator starts it. */
export interface PrefetchOrder {
  readonly repos: readonly PrefetchRepo[];
  readonly schedule?: string | null | undefined;
  readonly maxBytesPerSecond?: number | null | undefined;
}

/** Starts, pauses and cancels prefetch jobs. */
@Injectable()
export class PrefetchJobs {
  private readonly logger = new Logger('Prefetch');

  constructor(
    private readonly jobs: PrefetchJobStore,
    private readonly files: PrefetchFileStore,
    private readonly runner: PrefetchRunner,
    private readonly schedule: PrefetchSchedule,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Starts a job, at once or by its schedule.
   * @param startedBy - network address of the administrator
   * @throws HubError `BadRequest` for a schedule that is not valid
   */
  async start(
    { repos, schedule = null, maxBytesPerSecond = null }: PrefetchOrder,
    startedBy: string,
  ): Promise<PrefetchJob> {
    if (schedule !== null) this.schedule.check(schedule);
    const nextRunAt = schedule === null ? this.clock() : this.schedule.next(schedule);
    const job = await this.jobs.add({ repos, schedule, maxBytesPerSecond, nextRunAt, startedBy });
    this.log(job.id, 'was added', startedBy);
    this.runner.start();
    return job;
  }

  /** Newest first. */
  list(): Promise<PrefetchJob[]> {
    return this.jobs.list(LISTED_JOBS);
  }

  /** @throws HubError `NotFound` */
  async get(id: number): Promise<PrefetchJob> {
    const job = await this.jobs.byId(id);
    if (!job) throw new HubError('NotFound', `There is no prefetch job ${id}.`);
    return job;
  }

  /** The first files of a job that could not be cached. */
  failed({ id }: PrefetchJob): Promise<FailedFile[]> {
    return this.files.failed(id);
  }

  /** @throws HubError `NotFound`; `Conflict` if the job has ended */
  async pause(id: number, by: string): Promise<PrefetchJob> {
    const job = await this.get(id);
    if (job.state !== 'paused' && !(await this.jobs.pause(id))) throw conflict(job, 'paused');
    this.log(id, 'was paused', by);
    return this.get(id);
  }

  /** @throws HubError `NotFound`; `Conflict` unless the job is paused or has failed */
  async resume(id: number, by: string): Promise<PrefetchJob> {
    const job = await this.get(id);
    const isActive = job.state === 'waiting' || job.state === 'running';
    if (!isActive && !(await this.jobs.resume(id))) throw conflict(job, 'resumed');
    this.log(id, 'was resumed', by);
    this.runner.start();
    return this.get(id);
  }

  /**
   * Cancels a job; removes one that has ended. Cached files stay.
   * @returns whether it was canceled
   * @throws HubError `NotFound`
   */
  async cancel(id: number, by: string): Promise<boolean> {
    await this.get(id);
    const isCanceled = await this.jobs.cancel(id);
    if (!isCanceled) await this.jobs.remove(id);
    this.log(id, isCanceled ? 'was canceled' : 'was removed', by);
    return isCanceled;
  }

  private log(job: number, what: string, by: string): void {
    this.logger.log({ job, by }, `Prefetch job ${job} ${what} by an administrator at ${by}`);
  }
}

const conflict = ({ id, state }: PrefetchJob, action: string): HubError =>
  new HubError('Conflict', `The prefetch job ${id} cannot be ${action}, because it is ${state}.`);
