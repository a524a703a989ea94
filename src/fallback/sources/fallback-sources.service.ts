import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { FallbackCacheService } from '../cache/fallback-cache.service.js';
import { KeptAnswers } from '../cache/kept-answers.service.js';
import type { Caller } from '../../domain/caller.js';
import { toPublicFields, type Source } from '../../domain/source.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { OutboundDispatcher } from '../upstream/outbound-dispatcher.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import {
  validateUpdate,
  validateOrder,
  validateSetting,
  requireUniqueName,
  requireConsistent,
  requireSecretsForNewHost,
  requireTimeoutWithin,
  DEFAULT_SOURCE,
} from './validate-setting.js';
import type { FallbackSource } from './fallback-source.entity.js';
import { FallbackSourcesStore } from './fallback-sources.store.js';
import type { SourceFilter } from './load-sources.js';
import { sealSecrets } from './sealed-secrets.js';
import { columnsOf, type SourceRecord } from './source-record.js';
import { credentialChanges, storedFor, withoutEnvironment, type Replacement } from './replacement.js';
import { applySnapshot } from './apply-snapshot.js';
import { sourceNotFound, SourceSnapshot, storedRow } from './source-snapshot.js';
import { TokenCipher } from './token-cipher.js';

/** Published when the stored sources have changed. */
const CHANGED = new Topic<null>('sources-changed');

/**
 * The configured sources: from the environment variable and the database, cached in memory. A change is stored first, then applied on
 * all replicas, then all bindings are deleted. The method returns after that.
 */
@Injectable()
export class FallbackSourcesService implements OnModuleInit {
  private readonly log = new Logger(FallbackSourcesService.name);
  private readonly snapshot: SourceSnapshot;
  private readonly changes = new KeyedMutex();

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly store: FallbackSourcesStore,
    private readonly cipher: TokenCipher,
    private readonly tokens: SourceTokens,
    private readonly cache: FallbackCacheService,
    private readonly upstream: UpstreamClient,
    private readonly dispatcher: OutboundDispatcher,
    private readonly kept: KeptAnswers,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
  ) {
    this.snapshot = new SourceSnapshot(config.fallback.sources ?? [], cipher);
    const reload = async (): Promise<void> => void (await this.enqueue(() => this.reload()));
    cluster.on(CHANGED, reload);
    cluster.onGap(reload);
  }

  async onModuleInit(): Promise<void> {
    const { databaseUrl, fallback } = this.config;
    // A hub that is started without any configuration uses huggingface.co. With a database server, sources are configured explicitly.
    if (databaseUrl === undefined && fallback.sources === undefined)
      await this.store.storeDefault(columnsOf(DEFAULT_SOURCE, sealSecrets(DEFAULT_SOURCE, this.cipher)));
    await this.reload();
  }

  /** All sources, including disabled ones, in the order in which they are tried. The same array until a source changes. */
  sources(): readonly Source[] {
    return this.snapshot.sources;
  }

  list(filter: SourceFilter = {}): SourceRecord[] {
    return this.snapshot.list(filter);
  }

  /** @throws HubError NotFound */
  get(id: number | string): SourceRecord {
    return this.snapshot.get(id);
  }

  /** @throws HubError BadRequest, Conflict */
  async create(input: unknown, by?: Caller): Promise<SourceRecord> {
    const setting = validateSetting(input);
    const id = await this.change(() => {
      requireUniqueName(setting, this.snapshot.records);
      requireTimeoutWithin(this.config.fallback.deadlineMs, [setting], []);
      return this.store.create(columnsOf(setting, sealSecrets(setting, this.cipher)), by);
    });
    return this.get(id);
  }

  /**
   * Updates the given fields. Null deletes credentials; missing ones are not changed.
   * @throws HubError NotFound, BadRequest, Conflict
   */
  async update(id: number | string, fields: object, by?: Caller): Promise<SourceRecord> {
    await this.change(async () => {
      const row = await this.rowOf(id);
      const setting = validateUpdate(toPublicFields(row), fields);
      requireSecretsForNewHost(this.get(id), setting);
      requireUniqueName(setting, this.snapshot.except(id));
      requireTimeoutWithin(this.config.fallback.deadlineMs, [setting], [row]);
      const sealed = sealSecrets(setting, this.cipher, row);
      requireConsistent(setting, sealed);
      if (!(await this.store.update(row.id, columnsOf(setting, sealed), { by, fields }))) throw sourceNotFound(id);
    });
    return this.get(id);
  }

  /**
   * @returns the deleted source
   * @throws HubError NotFound, Conflict
   */
  delete(id: number | string, by?: Caller): Promise<SourceRecord> {
    return this.change(async () => {
      const row = await this.rowOf(id);
      const record = this.get(id);
      if (!(await this.store.delete(row, by))) throw sourceNotFound(id);
      return record;
    });
  }

  /**
   * Sets the priorities to 1, 2, 3, … in this order, continuing from each environment source in it.
   * @param ids - every stored source once
   * @throws HubError BadRequest
   */
  async reorder(ids: readonly (number | string)[], by?: Caller): Promise<SourceRecord[]> {
    await this.change(async () => {
      const stored = (await this.store.all()).map((row) => row.id);
      await this.store.reorder(validateOrder(ids, stored, this.snapshot.fromEnvironment()), by);
    });
    return this.list();
  }

  /**
   * Replaces all stored sources. Missing credentials are kept from the stored source with the same namespace, name and origin. Sources of the
   * environment variable in the input are ignored.
   * @throws HubError BadRequest, Conflict
   */
  async bulkReplace(input: unknown, by?: Caller): Promise<Replacement> {
    const { settings, ignored } = withoutEnvironment(input);
    return this.change(async () => {
      const [rows, others] = [await this.store.all(), this.snapshot.fromEnvironment()];
      settings.forEach((setting) => requireUniqueName(setting, others));
      requireTimeoutWithin(this.config.fallback.deadlineMs, settings, rows, 'sources.');
      const sealed = settings.map((setting) => sealSecrets(setting, this.cipher, storedFor(setting, rows)));
      settings.forEach((setting, index) => requireConsistent(setting, sealed[index]!, `sources.${index}.`));
      await this.store.replaceAll(
        settings.map((setting, index) => columnsOf(setting, sealed[index]!)),
        by,
      );
      return { before: rows.length, after: settings.length, ignored, ...credentialChanges(settings, sealed, rows) };
    });
  }

  /** Whether no requests are sent to any source. */
  get isOffline(): boolean {
    return this.snapshot.isOffline;
  }

  /** Reads the database again and applies changes of other processes. */
  async refresh(): Promise<void> {
    if (await this.enqueue(() => this.reload())) await this.cache.clear();
  }

  private async change<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.enqueue(async () => {
      const changed = await work();
      await this.reload();
      return changed;
    });
    await this.cluster.publish(CHANGED, null);
    await this.cache.clear();
    await this.kept.keepOnly(this.snapshot.sources);
    return result;
  }

  /** Runs work sequentially, so that an older state never replaces a newer one in memory. */
  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    return this.changes.runExclusive('sources', work);
  }

  /** @returns whether the sources have changed */
  private async reload(): Promise<boolean> {
    const isOffline = this.config.fallback.offline || (await this.store.isOffline());
    const change = this.snapshot.update(await this.store.all(), isOffline);
    if (!change) return false;
    const { upstream, tokens, dispatcher, log, config } = this;
    applySnapshot(this.snapshot, change, { upstream, tokens, dispatcher, log, config });
    return true;
  }

  private async rowOf(id: number | string): Promise<FallbackSource> {
    return storedRow(this.get(id), await this.store.all());
  }
}
