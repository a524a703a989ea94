import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { CollectionProgress, CollectionTrigger } from './collection.entity.js';
import { CollectionMetrics } from './collection-metrics.service.js';
import { CollectionStore, type Collection, type CollectionEnd } from './collection.store.js';
import { CollectorService } from './collector.service.js';
import { NO_PROGRESS } from './progress-report.js';

const REPORT_INTERVAL_MS = 5000;
const LISTED_COLLECTIONS = 20;

/**
 * Runs collections in the background, one at a time on all replicas. A collection that a shutdown interrupts ends after its current item; one whose
 * replica is killed is ended by the next one. Either way, the next collection continues, since what was deleted stays deleted.
 */
@Injectable()
export class CollectionJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Collector');
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly collector: CollectorService,
    private readonly store: CollectionStore,
    private readonly metrics: CollectionMetrics,
    private readonly audit: AuditLog,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'databaseUrl'>,
  ) {}

  /** The embedded database has one process, which has ended if a collection is still marked as running. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.databaseUrl === undefined) await this.store.endLost(0);
  }

  /**
   * Starts a collection, unless one is running. Returns the running one.
   *
   * @param prefixes - blob prefixes to search for content without a database row; all by default
   * @throws HubError `Conflict` if the storage may belong to another hub
   */
  async start(trigger: CollectionTrigger, prefixes?: readonly string[]): Promise<Collection> {
    await this.collector.requireOwnership();
    return this.runClaimed(await this.store.claim(trigger), prefixes);
  }

  /**
   * Starts a collection for an administrator, and records it in the same transaction. If one is running, that one is returned and nothing is recorded.
   * @throws HubError `Conflict` if the storage may belong to another hub
   */
  async startFor(by: Caller): Promise<Collection> {
    await this.collector.requireOwnership();
    const id = await this.audit.act(
      by,
      (m) => this.store.claim('administrator', m),
      (claimed) =>
        claimed === undefined ? undefined : { action: 'hub.collect_garbage', data: { collection: claimed } },
    );
    return this.runClaimed(id);
  }

  /** The newest collections, newest first. */
  list(): Promise<Collection[]> {
    return this.store.latest(LISTED_COLLECTIONS);
  }

  /** @throws HubError `NotFound` */
  async get(id: number): Promise<Collection> {
    const found = await this.store.byId(id);
    if (!found) throw new HubError('NotFound', `There is no collection ${id}. The last 100 are kept.`);
    return found;
  }

  /** The newest collection that examined all contents. */
  lastSucceeded(): Promise<Collection | undefined> {
    return this.store.lastSucceeded();
  }

  /** Waits for the collection that this replica runs, if any. */
  settled(): Promise<void> {
    return this.running;
  }

  /** Stops the collection before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    this.collector.stop();
    await this.running;
  }

  private async runClaimed(id: number | undefined, prefixes?: readonly string[]): Promise<Collection> {
    if (id !== undefined) this.running = this.run(id, prefixes);
    return id === undefined ? (await this.store.latest(1))[0]! : this.get(id);
  }

  private async run(id: number, prefixes: readonly string[] | undefined): Promise<void> {
    let progress = NO_PROGRESS;
    const report = setInterval(() => void this.report(id, progress), REPORT_INTERVAL_MS);
    try {
      const end = await this.collect(prefixes, (now) => (progress = now));
      this.metrics.count(end, progress);
      await this.store.finish(id, progress, end);
    } catch (err) {
      this.logger.error({ err }, 'The result of a garbage collection could not be stored');
    } finally {
      clearInterval(report);
    }
  }

  private async collect(
    prefixes: readonly string[] | undefined,
    onProgress: (progress: CollectionProgress) => void,
  ): Promise<CollectionEnd> {
    try {
      const { isComplete } = await this.collector.collect(prefixes, onProgress);
      return { state: isComplete ? 'succeeded' : 'interrupted' };
    } catch (err) {
      this.logger.error({ err }, 'Garbage collection failed. The next run is in an hour.');
      return { state: 'failed', error: err instanceof Error ? err.message : String(err) };
    }
  }

  /** A collection that was given to another replica in the meantime continues: two at a time are slower, but safe. */
  private async report(id: number, progress: CollectionProgress): Promise<void> {
    await this.store.report(id, progress).catch((err: unknown) => {
      this.logger.warn({ err }, 'The progress of a garbage collection could not be stored');
    });
  }
}
