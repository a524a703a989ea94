import { HubError } from '../../domain/hub-error.js';
import type { Source, SourceSetting } from '../../domain/source.js';
import type { FallbackSource } from './fallback-source.entity.js';
import {
  changedKeys,
  connectionsOf,
  loadSources,
  matchesFilter,
  type LoadedSources,
  type SourceFilter,
} from './load-sources.js';
import type { SourceRecord } from './source-record.js';
import type { TokenCipher } from './token-cipher.js';

/** The effect of new rows on the state that other services have of the sources. */
export interface SnapshotChange {
  /** Keys of sources whose health and rate limits no longer apply. */
  readonly changedKeys: readonly string[];
  readonly credentials: LoadedSources['credentials'];
}

/** The configured sources in memory: from the environment variable and from the last read of the database. */
export class SourceSnapshot {
  records: readonly SourceRecord[] = [];
  sources: readonly Source[] = [];
  /** The rows that were read last, as JSON. */
  private lastRows = '';
  /** Whether no requests are sent to any source. */
  isOffline = false;
  private connections: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly environment: readonly SourceSetting[],
    private readonly cipher: TokenCipher,
  ) {}

  /** @returns `undefined` if the rows have not changed */
  update(rows: readonly FallbackSource[], isOffline = false): SnapshotChange | undefined {
    const rowsText = JSON.stringify([rows, isOffline]);
    if (rowsText === this.lastRows) return undefined;
    const loaded = loadSources(this.environment, rows, this.cipher);
    const { records, credentials } = loaded;
    const connections = connectionsOf(loaded);
    const change = { changedKeys: changedKeys(this.connections, connections), credentials };
    this.connections = connections;
    this.records = records;
    this.isOffline = isOffline;
    this.sources = Object.freeze(
      records.map(({ source }) => (isOffline ? Object.freeze({ ...source, offline: true }) : source)),
    );
    this.lastRows = rowsText;
    return change;
  }

  list(filter: SourceFilter): SourceRecord[] {
    return this.records.filter((record) => matchesFilter(record, filter));
  }

  /** @throws HubError NotFound */
  get(id: number | string): SourceRecord {
    const record = this.records.find((source) => String(source.id) === String(id));
    if (!record) throw sourceNotFound(id);
    return record;
  }

  /** All sources except one. */
  except(id: number | string): SourceRecord[] {
    return this.records.filter((record) => String(record.id) !== String(id));
  }

  /** The sources of the environment variable. */
  fromEnvironment(): SourceRecord[] {
    return this.records.filter(({ origin }) => origin === 'env');
  }
}

export const sourceNotFound = (id: number | string): HubError =>
  new HubError('NotFound', `Source ${id} does not exist`);

/** @throws HubError NotFound, or Conflict for a source of the environment variable */
export function storedRow(record: SourceRecord, rows: readonly FallbackSource[]): FallbackSource {
  const row = rows.find(({ id }) => id === record.id);
  if (row) return row;
  const message = `The source ${record.source.name} is set by KOHAKU_HUB_FALLBACK_SOURCES. Change it there.`;
  throw record.origin === 'env' ? new HubError('Conflict', message) : sourceNotFound(record.id);
}
