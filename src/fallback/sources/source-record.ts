import { toPublicFields, toSourceProperties, type Source, type SourceSetting } from '../../domain/source.js';
import type { FallbackSource, SourceColumns } from './fallback-source.entity.js';

/** A source with details for the administrator. It never contains the token. */
export interface SourceRecord {
  /** Database id, or `env:2` for the second source of the environment variable. */
  readonly id: number | string;
  /** Sources of the environment variable (`env`) cannot be changed through the API. */
  readonly origin: 'env' | 'database';
  readonly source: Source;
  /** Whether a token is stored, even if it cannot be decrypted. */
  readonly hasToken: boolean;
  /** False if the stored token cannot be decrypted with the secret key. Requests are sent without a token then. */
  readonly tokenReadable: boolean;
  /** Null for a source of the environment variable. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** The source that a setting describes. */
export const sourceOf = (key: string, setting: SourceSetting): Source => {
  const properties = toSourceProperties(setting);
  return Object.freeze({ ...properties, key, hasToken: Boolean(setting.token) });
};

/** @param position - position in the environment variable, starting at 1 */
export function environmentRecord(setting: SourceSetting, position: number): SourceRecord {
  const source = sourceOf(`env:${position}`, setting);
  const { key: id, hasToken } = source;
  return { id, origin: 'env', source, hasToken, tokenReadable: true, createdAt: null, updatedAt: null };
}

/** @param token - `undefined` if the source has no token or it could not be decrypted */
export function rowRecord(row: FallbackSource, token: string | undefined): SourceRecord {
  const { id, createdAt, updatedAt } = row;
  const source = sourceOf(`db:${id}`, { ...toPublicFields(row), token });
  const hasToken = row.tokenCipher !== null;
  return {
    id,
    origin: 'database',
    source,
    hasToken,
    tokenReadable: source.hasToken === hasToken,
    createdAt,
    updatedAt,
  };
}

/** The columns that store a setting. */
export const columnsOf = (setting: SourceSetting, tokenCipher: string | null): SourceColumns => ({
  ...toSourceProperties(setting),
  tokenCipher,
});
