import type { SourceSetting } from '../../domain/source.js';
import { bySourceOrder } from '../../domain/order-sources.js';
import type { SourceToken } from '../upstream/source-tokens.js';
import type { FallbackSource } from './fallback-source.entity.js';
import { environmentRecord, rowRecord, type SourceRecord } from './source-record.js';
import type { TokenCipher } from './token-cipher.js';

/** Everything there is to know of the sources at one moment. */
export interface LoadedSources {
  /** In the order in which they are asked. */
  readonly records: readonly SourceRecord[];
  /** Decrypted, by source key. */
  readonly tokens: readonly (readonly [key: string, token: SourceToken])[];
}

interface Known {
  readonly record: SourceRecord;
  readonly token: string | undefined;
}

/** The environment's list and the table make one list; a token that cannot be read is left out. */
export function loadSources(
  environment: readonly SourceSetting[],
  rows: readonly FallbackSource[],
  cipher: TokenCipher,
): LoadedSources {
  const own = environment.map((setting, index): Known => ({
    record: environmentRecord(setting, index + 1),
    token: setting.token ?? undefined,
  }));
  const stored = rows.map((row): Known => {
    const token = row.tokenCipher === null ? undefined : cipher.open(row.tokenCipher, row.url);
    return { record: rowRecord(row, token), token };
  });
  const known = [...own, ...stored].sort((one, other) => bySourceOrder(one.record.source, other.record.source));
  return {
    records: known.map(({ record }) => record),
    tokens: known.flatMap(({ record: { source }, token }) =>
      token ? [[source.key, { url: source.url, token }] as const] : [],
    ),
  };
}

/** That an old address was down, or limits us, says nothing of the new one: the keys of sources that moved or went. */
export function movedKeys(before: readonly SourceRecord[], after: readonly SourceRecord[]): string[] {
  const urls = new Map(after.map(({ source }) => [source.key, source.url]));
  return before.filter(({ source }) => urls.get(source.key) !== source.url).map(({ source }) => source.key);
}

/** Which sources to list; what is absent does not matter. */
export interface SourceFilter {
  /** Empty: those for all. */
  readonly namespace?: string;
  readonly enabled?: boolean;
}

/** Does the filter let this source through? */
export const isListed = ({ source }: SourceRecord, { namespace, enabled }: SourceFilter): boolean =>
  (namespace === undefined || source.namespace.toLowerCase() === namespace.toLowerCase()) &&
  (enabled === undefined || source.enabled === enabled);
