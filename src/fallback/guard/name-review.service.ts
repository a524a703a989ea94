import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { HubError } from '../../domain/hub-error.js';
import type { NameCheck, NameCounts } from '../../domain/name-check.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { NewSources } from './new-sources.service.js';
import { NamespaceGuard } from './namespace-guard.service.js';

const INTERVAL_MS = 60_000;
/** Names of each kind that are checked per minute and replica, so that a review does not use up the rate limit of a source. */
const BATCH_SIZE = 50;

/** A name whose check is due. */
export interface DueName {
  /** For the log, such as `model "alice/tiny"`. */
  readonly label: string;
  /** Asks the sources; `undefined` if no source applies. */
  readonly check: () => Promise<NameCheck | undefined>;
  /** Stores the result. */
  readonly save: (check: NameCheck | undefined) => Promise<boolean>;
}

/** A kind of local names that sources may have too. */
export interface LocalNames {
  /** Takes names whose check is due from all replicas. */
  claimDue(limit: number, now: Date): Promise<readonly DueName[]>;
  /**
   * Makes the checks of all names due that were created before `now`.
   *
   * @returns their number
   */
  scheduleAll(now: Date): Promise<number>;
  count(): Promise<NameCounts>;
}

/**
 * Checks names in the background: new names for which a source was unavailable, and all names if a source was added or the administrator
 * requests it. Each due name is checked by one replica.
 */
@Injectable()
export class NameReview implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('NamespaceGuard');
  private readonly kinds: LocalNames[] = [];
  private running: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly guard: NamespaceGuard,
    private readonly newSources: NewSources,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Called by the modules that own accounts and repositories. */
  register(names: LocalNames): void {
    this.kinds.push(names);
  }

  /**
   * Makes the checks of all names due and starts with them.
   *
   * @returns the number of names
   * @throws HubError `Conflict` if the guard is off
   */
  async scheduleAll(): Promise<number> {
    if (!this.guard.isEnabled)
      throw new HubError('Conflict', 'The namespace guard is off. Set KOHAKU_HUB_NAMESPACE_GUARD to on or strict.');
    const scheduled = await this.makeAllDue(this.clock());
    this.start();
    return scheduled;
  }

  /** The numbers of repositories and accounts together. */
  async count(): Promise<NameCounts> {
    const counts = await Promise.all(this.kinds.map((kind) => kind.count()));
    const sum = (field: keyof NameCounts): number => counts.reduce((total, count) => total + count[field], 0);
    return { shadows: sum('shadows'), unverified: sum('unverified'), due: sum('due') };
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  /** Checks names that are due. */
  @Interval(INTERVAL_MS)
  start(): void {
    if (!this.guard.isEnabled) return;
    this.running ??= this.run()
      .catch((err: unknown) => this.logger.warn({ err }, 'Could not check the names of repositories and accounts'))
      .finally(() => (this.running = undefined));
  }

  /** Stops before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async makeAllDue(now: Date): Promise<number> {
    let scheduled = 0;
    for (const kind of this.kinds) scheduled += await kind.scheduleAll(now);
    return scheduled;
  }

  private async run(): Promise<void> {
    const now = this.clock(); // names created from now on are checked when they are created
    if (await this.newSources.takeNew()) await this.makeAllDue(now);
    for (const kind of this.kinds)
      for (const name of await kind.claimDue(BATCH_SIZE, this.clock())) {
        if (this.isStopping) return;
        await this.review(name);
      }
  }

  private async review({ label, check, save }: DueName): Promise<void> {
    const result = await check();
    if (!(await save(result)) || result?.state !== 'shadows') return;
    this.logger.warn(`The ${label} of this hub has the same name as one at ${result.source}, which is hidden by it`);
  }
}
