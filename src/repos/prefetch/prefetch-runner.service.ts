import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PrefetchJobStore } from './prefetch-job.store.js';
import { PrefetchRuns } from './prefetch-runs.service.js';

const POLL_MS = 5_000;

/** Runs prefetch jobs, one at a time in each process. A job whose process is killed continues on another one, or after a restart. */
@Injectable()
export class PrefetchRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Prefetch');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly jobs: PrefetchJobStore,
    private readonly runs: PrefetchRuns,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.start(), POLL_MS);
    this.timer.unref();
  }

  /** Stops before the database is closed. The jobs continue on another replica, or after the restart. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
  }

  /** Runs the jobs that are due, if this process does not run any. */
  start(): void {
    if (this.stopping.signal.aborted) return;
    this.running ??= this.runDue()
      .catch((err: unknown) => this.logger.warn({ err }, 'Failed to run prefetch jobs. They are tried again'))
      .finally(() => (this.running = undefined));
  }

  private async runDue(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const owner = randomUUID();
      const job = await this.jobs.claim(owner);
      if (!job) return;
      this.logger.log({ job: job.id }, `Prefetch job ${job.id} ${job.isPlanned ? 'continues' : 'starts'}`);
      const end = await this.runs.run(job, { id: job.id, owner }, this.stopping.signal);
      await this.jobs.end({ id: job.id, owner }, end);
      this.logger.log({ job: job.id, ...end }, `Prefetch job ${job.id} ${SENTENCES[end.state]}`);
    }
  }
}

const SENTENCES = { succeeded: 'is complete', failed: 'has failed', waiting: 'waits' } as const;
