import type { SourceSecrets, SourceSetting } from '../../domain/source.js';
import { bySourceOrder } from '../../domain/order-sources.js';
import type { SourceCredentials } from '../upstream/source-tokens.js';
import type { FallbackSource } from './fallback-source.entity.js';
import { openSecrets, secretsOf } from './sealed-secrets.js';
import { environmentRecord, rowRecord, type SourceRecord } from './source-record.js';
import type { TokenCipher } from './token-cipher.js';

/** The sources at one point in time, with their credentials. */
export interface LoadedSources {
  /** In the order in which they are tried. */
  readonly records: readonly SourceRecord[];
  /** Decrypted, by source key. */
  readonly credentials: readonly (readonly [key: string, credentials: SourceCredentials])[];
}

interface LoadedSource {
  readonly record: SourceRecord;
  readonly secrets: SourceSecrets;
}

/** Merges the sources of the environment variable and the database. Credentials that cannot be decrypted are omitted, and the source is marked. */
export function loadSources(
  environment: readonly SourceSetting[],
  rows: readonly FallbackSource[],
  cipher: TokenCipher,
): LoadedSources {
  const fixed = environment.map((setting, index): LoadedSource => ({
    record: environmentRecord(setting, index + 1),
    secrets: secretsOf(setting),
  }));
  const stored = rows.map((row): LoadedSource => {
    const opened = openSecrets(row, row.url, cipher);
    return { record: rowRecord(row, opened), secrets: opened.secrets };
  });
  const sources = [...fixed, ...stored].sort((left, right) => bySourceOrder(left.record.source, right.record.source));
  return {
    records: sources.map(({ record }) => record),
    credentials: sources.map(({ record: { source }, secrets }) => [source.key, { url: source.url, secrets }] as const),
  };
}

/** The facts that the health and the rate limits of a source apply to, by its key. Encrypting its credentials again does not change them. */
export const connectionsOf = ({ records, credentials }: LoadedSources): Map<string, string> => {
  const secrets = new Map(credentials.map(([key, entry]) => [key, entry.secrets]));
  return new Map(
    records.map(({ source: { key, url, type, enabled, isUnreadable } }) => [
      key,
      JSON.stringify([url, type, enabled, isUnreadable, secrets.get(key)]),
    ]),
  );
};

/** Keys of sources that were deleted, or have another URL, type or credentials, or were enabled or disabled. */
export const changedKeys = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...before].filter(([key, connection]) => after.get(key) !== connection).map(([key]) => key);

/** Filters for the list of sources. A missing filter matches all sources. */
export interface SourceFilter {
  /** An empty string matches sources for all namespaces. */
  readonly namespace?: string;
  readonly enabled?: boolean;
}

/** Whether a source matches a filter. */
export const matchesFilter = ({ source }: SourceRecord, { namespace, enabled }: SourceFilter): boolean =>
  (namespace === undefined || source.namespace.toLowerCase() === namespace.toLowerCase()) &&
  (enabled === undefined || source.enabled === enabled);
