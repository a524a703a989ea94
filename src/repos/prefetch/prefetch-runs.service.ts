import { Inject, Injectable, Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { ByteRate } from '../../fallback/upstream/byte-rate.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { PrefetchFileStore, type PendingFile, type RunFile } from './prefetch-file.store.js';
import { PrefetchFiller } from './prefetch-filler.service.js';
import { PrefetchJobStore, type JobClaim, type PrefetchJob, type RunEnd } from './prefetch-job.store.js';
import { PrefetchPlanner } from './prefetch-planner.service.js';
import { PrefetchSchedule } from './prefetch-schedule.service.js';
import { mustWait, retryTime } from './prefetch-retry.js';
import { RunProgress } from './run-progress.js';

const CONCURRENT_FILES = 2;
const BATCH = 100;
const RENEWAL_MS = 2_000;

interface Run {
  readonly job: PrefetchJob;
  readonly claim: JobClaim;
  readonly signal: AbortSignal;
  readonly progress: RunProgress;
  readonly rate: ByteRate | undefined;
}

/** Runs a prefetch job: pins its revisions, lists their files, and caches them. */
@Injectable()
export class PrefetchRuns {
  private readonly logger = new Logger('Prefetch');

  constructor(
    private readonly jobs: PrefetchJobStore,
    private readonly files: PrefetchFileStore,
    private readonly planner: PrefetchPlanner,
    private readonly filler: PrefetchFiller,
    private readonly schedule: PrefetchSchedule,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Runs a job until its end, or until it must wait, is paused or is canceled. */
  async run(job: PrefetchJob, claim: JobClaim, stopping: AbortSignal): Promise<RunEnd> {
    const ended = new AbortController();
    const progress = new RunProgress();
    const renewal = setInterval(() => {
      const renewed = this.jobs.renew(claim, progress).catch(() => true); // until the lease ends
      void renewed.then((isOurs) => !isOurs && ended.abort());
    }, RENEWAL_MS);
    const rate = job.maxBytesPerSecond === null ? undefined : new ByteRate(job.maxBytesPerSecond);
    const signal = AbortSignal.any([ended.signal, stopping]);
    try {
      return await this.steps({ job, claim, signal, progress, rate });
    } catch (error) {
      return this.endAfter(error, { job, signal });
    } finally {
      clearInterval(renewal);
    }
  }

  private async steps(run: Run): Promise<RunEnd> {
    const { job, claim, signal } = run;
    if (!job.isPlanned && !(await this.files.replace(claim, await this.plan(run)))) return STOPPED;
    for (;;) {
      const pending = await this.files.pending(job.id, BATCH);
      if (pending.length === 0) return this.end(job);
      const retries: (Date | undefined)[] = [];
      await mapConcurrently(pending, CONCURRENT_FILES, async (file) => {
        const isLimited = retries.some((at) => at !== undefined);
        if (!signal.aborted && !isLimited) retries.push(await this.fill(run, file));
      });
      if (signal.aborted) return STOPPED;
      const [latest] = retries.filter((at) => at !== undefined).toSorted((a, b) => b.getTime() - a.getTime());
      if (latest) return { state: 'waiting', nextRunAt: latest, message: run.progress.lastProblem };
    }
  }

  /** The files of all repositories. One that cannot be read is a failed entry; one whose source does not respond ends the run until later. */
  private async plan({ job, signal }: Run): Promise<RunFile[]> {
    const files: RunFile[] = [];
    for (const repo of job.repos) {
      const base = { repoType: repo.type, repoId: repo.id };
      try {
        const planned = await this.planner.plan(repo, signal, true);
        for (const { path, size } of planned.files) files.push({ ...base, commit: planned.commit, path, size });
      } catch (error) {
        if (!(error instanceof HubError) || retryTime(error, job.attempts, this.clock())) throw error;
        files.push({ ...base, commit: '', path: '', size: 0, error: error.message });
      }
    }
    return files;
  }

  /** Caches a file. Returns the time for the next attempt, if there should be one. */
  private async fill({ claim, signal, progress, rate }: Run, file: PendingFile): Promise<Date | undefined> {
    const entry = progress.begin(file.path);
    try {
      await this.filler.fill(file, { signal, rate, onBytes: (bytes) => entry.add(bytes) });
      await this.files.finish(claim, file);
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof HubError)) this.logger.warn({ err: error, path: file.path }, 'Failed to prefetch a file');
      const message = messageOf(error);
      progress.lastProblem = message;
      const at = retryTime(error, file.attempts, this.clock());
      if (!at) await this.files.finish(claim, file, message);
      else if (!mustWait(error)) await this.files.postpone(claim, file, message);
      return at;
    } finally {
      entry.end();
    }
  }

  private async end({ id, schedule }: PrefetchJob): Promise<RunEnd> {
    const failed = (await this.jobs.byId(id))?.filesFailed ?? 0;
    const message = failed === 0 ? undefined : `${failed} ${failed === 1 ? 'item' : 'items'} could not be cached.`;
    if (schedule !== null)
      return { state: 'waiting', nextRunAt: this.schedule.next(schedule), isNewRun: true, message };
    return { state: failed === 0 ? 'succeeded' : 'failed', message };
  }

  private endAfter(error: unknown, { job, signal }: Pick<Run, 'job' | 'signal'>): RunEnd {
    if (signal.aborted) return STOPPED;
    if (!(error instanceof HubError)) this.logger.error({ err: error, job: job.id }, 'A prefetch job failed');
    const message = messageOf(error);
    const at = retryTime(error, job.attempts, this.clock());
    if (!at) return { state: 'failed', message };
    return { state: 'waiting', nextRunAt: at, message, attempts: job.attempts + (mustWait(error) ? 0 : 1) };
  }
}

/** The rest is for the next process. If the job was paused or canceled, this has no effect. */
const STOPPED: RunEnd = { state: 'waiting' };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
