import { createHmac } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Source } from '../../domain/source.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { SecretKeys } from '../../platform/identity/secret-keys.js';
import type { TokenCheck } from '../upstream/harmless-probe.js';
import { authorizationOf } from '../upstream/source-credentials.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import { FallbackSourcesService } from './fallback-sources.service.js';
import { RETRY_MS, type CheckedCredentials, type StoredCheck, type StoredChecks } from './token-check.js';
import { TokenChecksStore } from './token-checks.store.js';

/** Published when the result of a check was stored. */
const CHECKED = new Topic<null>('source-token-checked');
/** How soon a replica notices changed sources. */
const POLL_INTERVAL_MS = 1_000;
/** The interval at which a replica starts the checks that are due. */
const DUE_INTERVAL_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Checked extends CheckedCredentials {
  readonly source: Source;
}

/**
 * Asks each source in the background whether it accepts its credentials: at startup, when they have changed, and every few hours. One replica
 * asks, and all show the result, so that administrators learn of an expired token before users do.
 */
@Injectable()
export class TokenChecks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Upstream');
  private checks: StoredChecks = {};
  private seen: readonly Source[] | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: FallbackSourcesService,
    private readonly tokens: SourceTokens,
    private readonly upstream: UpstreamClient,
    private readonly keys: SecretKeys,
    private readonly store: TokenChecksStore,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const read = (): Promise<void> => this.read().catch(() => undefined); // the next interval reads it again
    cluster.on(CHECKED, read);
    cluster.onGap(read);
  }

  /** Replicas that start together check once. */
  onApplicationBootstrap(): void {
    this.start(RETRY_MS);
  }

  @Interval(POLL_INTERVAL_MS)
  checkChanged(): void {
    if (this.seen && this.seen !== this.sources.sources()) this.checkDue();
  }

  @Interval(DUE_INTERVAL_MS)
  checkDue(): void {
    this.start(this.config.fallback.tokenCheckHours * HOUR_MS);
  }

  /** Waits for a check in progress before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  /** The last check of the current credentials of a source. */
  lastOf(source: Source): StoredCheck | undefined {
    const check = this.checks[source.key];
    return check && check.fingerprint === this.fingerprintOf(source) ? check : undefined;
  }

  /** Stores the result of a connection test. */
  async record(source: Source, state: TokenCheck): Promise<void> {
    this.upstream.noteCredentials(source, state);
    const fingerprint = this.fingerprintOf(source);
    if (fingerprint === undefined) return;
    await this.store.save({ key: source.key, fingerprint }, state, this.clock());
    await this.publish();
  }

  private start(maxAgeMs: number): void {
    const { enabled, tokenCheckHours } = this.config.fallback;
    this.seen = this.sources.sources();
    if (this.isStopping || !enabled || tokenCheckHours === 0) return;
    this.running = this.running
      .then(() => this.run(maxAgeMs))
      .catch((err: unknown) => this.log.warn({ err }, 'Could not check the tokens of sources'));
  }

  private async run(maxAgeMs: number): Promise<void> {
    const checked = this.sources.sources().flatMap((source): Checked[] => {
      const fingerprint = source.enabled && !source.isUnreadable ? this.fingerprintOf(source) : undefined;
      return fingerprint === undefined ? [] : [{ source, key: source.key, fingerprint }];
    });
    const due = new Set((await this.store.claim(checked, maxAgeMs, this.clock())).map(({ key }) => key));
    await Promise.all(checked.filter(({ key }) => due.has(key)).map((entry) => this.check(entry)));
    await (due.size > 0 ? this.publish() : this.read());
  }

  private async check(entry: Checked): Promise<void> {
    const state = await this.upstream.checkCredentials(entry.source);
    const isCurrent = this.fingerprintOf(entry.source) === entry.fingerprint;
    if (isCurrent) await this.store.save(entry, state, this.clock());
  }

  private async publish(): Promise<void> {
    await this.read();
    await this.cluster.publish(CHECKED, null);
  }

  private async read(): Promise<void> {
    this.checks = await this.store.all();
  }

  /** Undefined for a source without token and password. */
  private fingerprintOf(source: Source): string | undefined {
    const authorization = authorizationOf(this.tokens.secretsOf(source));
    if (authorization === undefined) return undefined;
    const facts = JSON.stringify([source.url, source.type, authorization]);
    const key = this.keys.inUse.derive('checks of source tokens');
    return createHmac('sha256', key).update(facts).digest('hex').slice(0, 16);
  }
}
