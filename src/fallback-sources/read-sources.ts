import type { SourceSetting } from '../hub/language/source.js';
import { bySourceOrder } from '../hub/rules/order-sources.js';
import type { FallbackSource } from './fallback-source.entity.js';
import { environmentRecord, rowRecord, type SourceRecord } from './source-record.js';
import type { TokenCipher } from './token-cipher.js';

/** Everything there is to know of the sources at one moment. */
export interface KnownSources {
  /** In the order in which they are asked. */
  readonly records: readonly SourceRecord[];
  /** Decrypted, by source key. */
  readonly tokens: readonly (readonly [key: string, token: string])[];
}

interface Known {
  readonly record: SourceRecord;
  readonly token: string | undefined;
}

/** The environment's list and the table make one list; a token that cannot be read is left out. */
export function readSources(
  environment: readonly SourceSetting[],
  rows: readonly FallbackSource[],
  cipher: TokenCipher,
): KnownSources {
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
    tokens: known.flatMap(({ record, token }) => (token ? [[record.source.key, token] as const] : [])),
  };
}
