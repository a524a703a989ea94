import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
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
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Starts a job, at once or by its schedule.
   * @throws HubError `BadRequest` for a schedule that is not valid
   */
  async start({ repos, schedule = null, maxBytesPerSecond = null }: PrefetchOrder, by: Caller): Promise<PrefetchJob> {
    if (schedule !== null) this.schedule.check(schedule);
    const nextRunAt = schedule === null ? this.clock() : this.schedule.next(schedule);
    const startedBy = by.origin?.address ?? '';
    const job = await this.audit.act(
      by,
      (m) => this.jobs.add(m, { repos, schedule, maxBytesPerSecond, nextRunAt, startedBy }),
      ({ id }) => ({ action: 'prefetch.start', object: String(id), data: { repos: repos.slice(0, 100), schedule } }),
    );
    this.log(job.id, 'was added', by);
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
  async pause(id: number, by: Caller): Promise<PrefetchJob> {
    const job = await this.get(id);
    if (job.state !== 'paused' && !(await this.change('prefetch.pause', id, by))) throw conflict(job, 'paused');
    this.log(id, 'was paused', by);
    return this.get(id);
  }

  /** @throws HubError `NotFound`; `Conflict` unless the job is paused or has failed */
  async resume(id: number, by: Caller): Promise<PrefetchJob> {
    const job = await this.get(id);
    const isActive = job.state === 'waiting' || job.state === 'running';
    if (!isActive && !(await this.change('prefetch.resume', id, by))) throw conflict(job, 'resumed');
    this.log(id, 'was resumed', by);
    this.runner.start();
    return this.get(id);
  }

  /**
   * Cancels a job; removes one that has ended. Cached files stay.
   * @returns whether it was canceled
   * @throws HubError `NotFound`
   */
  async cancel(id: number, by: Caller): Promise<boolean> {
    await this.get(id);
    const isCanceled = await this.audit.act(
      by,
      async (m) => (await this.jobs.cancel(m, id)) || (await this.jobs.remove(m, id), false),
      () => ({ action: 'prefetch.cancel', object: String(id) }),
    );
    this.log(id, isCanceled ? 'was canceled' : 'was removed', by);
    return isCanceled;
  }

  private change(action: 'prefetch.pause' | 'prefetch.resume', id: number, by: Caller): Promise<boolean> {
    return this.audit.act(
      by,
      (m) => (action === 'prefetch.pause' ? this.jobs.pause(m, id) : this.jobs.resume(m, id)),
      (isChanged) => (isChanged ? { action, object: String(id) } : undefined),
    );
  }

  private log(job: number, what: string, { origin, name }: Caller): void {
    const by = origin?.address ?? '';
    this.logger.log({ job, by, account: name }, `Prefetch job ${job} ${what} by an administrator at ${by}`);
  }
}

const conflict = ({ id, state }: PrefetchJob, action: string): HubError =>
  new HubError('Conflict', `The prefetch job ${id} cannot be ${action}, because it is ${state}.`);
