import { toPublicFields, toSourceProperties, type Source, type SourceSetting } from '../../domain/source.js';
import type { FallbackSource, SourceColumns } from './fallback-source.entity.js';

/** A source with what the administrator wants to know of it. Its token is not here. */
export interface SourceRecord {
  /** The row's number; `env:2` for the second of the environment's list. */
  readonly id: number | string;
  /** A source from the environment cannot be changed here. */
  readonly origin: 'env' | 'database';
  readonly source: Source;
  /** A token is stored, readable or not. */
  readonly hasToken: boolean;
  /** False when a token is stored that the secret key does not decrypt: the source is then asked without one. */
  readonly tokenReadable: boolean;
  /** Null for a source from the environment. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** The source that a setting describes. */
export const sourceOf = (key: string, setting: SourceSetting): Source => {
  const properties = toSourceProperties(setting);
  return Object.freeze({ ...properties, key, hasToken: Boolean(setting.token) });
};

/** A source of the environment's list, counted from 1. */
export function environmentRecord(setting: SourceSetting, place: number): SourceRecord {
  const source = sourceOf(`env:${place}`, setting);
  const { key: id, hasToken } = source;
  return { id, origin: 'env', source, hasToken, tokenReadable: true, createdAt: null, updatedAt: null };
}

/** A row, and whether its token could be read. */
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
