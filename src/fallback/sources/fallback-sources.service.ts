import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { FallbackCacheService } from '../cache/fallback-cache.service.js';
import { HubError } from '../../domain/hub-error.js';
import { toPublicFields, type Source } from '../../domain/source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import {
  acceptChange,
  acceptOrder,
  acceptSetting,
  acceptSettings,
  demandFreeName,
  demandTokenStays,
  FIRST_SOURCE,
} from './accept-setting.js';
import type { FallbackSource } from './fallback-source.entity.js';
import { FallbackSourcesStore } from './fallback-sources.store.js';
import { isListed, movedKeys, loadSources, type SourceFilter } from './load-sources.js';
import { sealOrKeepToken, sealToken } from './seal-token.js';
import { columnsOf, type SourceRecord } from './source-record.js';
import { TokenCipher } from './token-cipher.js';

/** How many sources a bulk replacement found and left. */
export interface Replacement {
  readonly before: number;
  readonly after: number;
}

/** The table of sources has changed. */
const CHANGED = new Topic<null>('sources-changed');

/**
 * Which sources there are: the environment's list and the table, kept in memory. Every change is stored, then visible to
 * `sources()` on all replicas, then followed by the loss of all bindings; only then does the method return.
 */
@Injectable()
export class FallbackSourcesService implements OnModuleInit {
  private readonly log = new Logger(FallbackSourcesService.name);
  private records: readonly SourceRecord[] = [];
  private snapshot: readonly Source[] = [];
  private lastChange: Promise<unknown> = Promise.resolve();
  /** The table as it was read last. */
  private table = '';

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly store: FallbackSourcesStore,
    private readonly cipher: TokenCipher,
    private readonly tokens: SourceTokens,
    private readonly cache: FallbackCacheService,
    private readonly upstream: UpstreamClient,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
  ) {
    const reload = async (): Promise<void> => void (await this.inTurn(() => this.reload()));
    cluster.on(CHANGED, reload);
    cluster.onGap(reload);
  }

  async onModuleInit(): Promise<void> {
    const { databaseUrl, fallback } = this.config;
    // Who runs a database server says which hubs are asked; who just starts the hub expects huggingface.co.
    if (databaseUrl === undefined && fallback.sources === undefined)
      await this.store.storeFirst(columnsOf(FIRST_SOURCE, null));
    await this.reload();
  }

  /** Every source, also disabled ones, in the order in which they are asked. The same array until something changes. */
  sources(): readonly Source[] {
    return this.snapshot;
  }

  list(filter: SourceFilter = {}): SourceRecord[] {
    return this.records.filter((record) => isListed(record, filter));
  }

  /** @throws HubError NotFound */
  get(id: number | string): SourceRecord {
    const record = this.records.find((one) => String(one.id) === String(id));
    if (!record) throw gone(id);
    return record;
  }

  /** @throws HubError BadRequest, Conflict */
  async create(input: unknown): Promise<SourceRecord> {
    const setting = acceptSetting(input);
    const id = await this.change(() => {
      demandFreeName(setting, this.records);
      return this.store.create(columnsOf(setting, sealToken(setting, this.cipher)));
    });
    return this.get(id);
  }

  /**
   * Changes the fields that are given; `token: null` clears the token, an absent one stays.
   * @throws HubError NotFound, BadRequest, Conflict
   */
  async update(id: number | string, fields: object): Promise<SourceRecord> {
    await this.change(async () => {
      const row = await this.rowOf(id);
      const setting = acceptChange(toPublicFields(row), fields);
      const before = this.get(id);
      demandTokenStays(before, setting);
      demandFreeName(setting, this.others(id));
      const sealed = setting.token === undefined ? row.tokenCipher : sealToken(setting, this.cipher);
      if (!(await this.store.update(row.id, columnsOf(setting, sealed)))) throw gone(id);
    });
    return this.get(id);
  }

  /**
   * @returns what is gone
   * @throws HubError NotFound, Conflict
   */
  delete(id: number | string): Promise<SourceRecord> {
    return this.change(async () => {
      const row = await this.rowOf(id);
      const record = this.get(id);
      if (!(await this.store.delete(row.id))) throw gone(id);
      return record;
    });
  }

  /**
   * Rewrites the priorities to 1, 2, 3, … in this order, counted on from each source of the environment that is named in it.
   * @param ids every stored source once
   * @throws HubError BadRequest
   */
  async reorder(ids: readonly (number | string)[]): Promise<SourceRecord[]> {
    await this.change(async () => {
      const stored = (await this.store.all()).map((row) => row.id);
      const environment = this.records.filter(({ origin }) => origin === 'env');
      await this.store.reorder(acceptOrder(ids, stored, environment));
    });
    return this.list();
  }

  /**
   * Puts these sources in place of all stored ones. A source whose token is absent keeps the token of the one it replaces: the same
   * namespace, name and host.
   * @throws HubError BadRequest, Conflict
   */
  async bulkReplace(input: unknown): Promise<Replacement> {
    const settings = acceptSettings(input);
    return this.change(async () => {
      const rows = await this.store.all();
      const others = this.records.filter(({ origin }) => origin === 'env');
      settings.forEach((setting) => demandFreeName(setting, others));
      await this.store.replaceAll(
        settings.map((setting) => columnsOf(setting, sealOrKeepToken(setting, rows, this.cipher))),
      );
      return { before: rows.length, after: settings.length };
    });
  }

  /** What the table says now is in force when this returns, whoever has changed it. */
  async refresh(): Promise<void> {
    if (await this.inTurn(() => this.reload())) await this.cache.clear();
  }

  private async change<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.inTurn(async () => {
      const done = await work();
      await this.reload();
      return done;
    });
    await this.cluster.publish(CHANGED, null);
    await this.cache.clear();
    return result;
  }

  /** One after the other, so that an older state never replaces a newer one in memory. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.lastChange.then(work);
    this.lastChange = done.catch(() => undefined);
    return done;
  }

  /** Says whether anything was new. */
  private async reload(): Promise<boolean> {
    const rows = await this.store.all();
    const table = JSON.stringify(rows);
    if (table === this.table) return false;
    const known = loadSources(this.config.fallback.sources ?? [], rows, this.cipher);
    for (const { source, tokenReadable } of known.records) {
      if (!tokenReadable)
        this.log.warn(`The token of source ${source.name} cannot be decrypted: it is asked without one`);
    }
    for (const key of movedKeys(this.records, known.records)) this.upstream.forget(key);
    this.tokens.replaceAll(known.tokens);
    this.records = known.records;
    this.snapshot = Object.freeze(known.records.map(({ source }) => source));
    this.table = table;
    return true;
  }

  private others(id: number | string): SourceRecord[] {
    return this.records.filter((record) => String(record.id) !== String(id));
  }

  /** The row behind a source that may be changed. */
  private async rowOf(id: number | string): Promise<FallbackSource> {
    const record = this.get(id);
    const row = (await this.store.all()).find((one) => one.id === record.id);
    if (row) return row;
    const message = `Source ${record.source.name} comes from KOHAKU_HUB_FALLBACK_SOURCES and is changed there`;
    throw record.origin === 'env' ? new HubError('Conflict', message) : gone(id);
  }
}

const gone = (id: number | string): HubError => new HubError('NotFound', `There is no source ${id}`);
