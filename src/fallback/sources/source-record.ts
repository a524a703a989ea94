import type { Source, SourceSetting } from '../../domain/source.js';
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
  /** False when a token is stored that the secret key does not open: the source is then asked without one. */
  readonly tokenReadable: boolean;
  /** Null for a source from the environment. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

const asSource = (key: string, setting: SourceSetting, hasToken: boolean): Source =>
  Object.freeze({
    key,
    name: setting.name,
    url: setting.url,
    type: setting.source_type,
    priority: setting.priority,
    namespace: setting.namespace,
    enabled: setting.enabled,
    requireAuth: setting.require_auth,
    delivery: setting.delivery,
    onError: setting.on_error,
    include: setting.include,
    exclude: setting.exclude,
    hasToken,
  });

/** A checked setting as the chain wants it. */
export const sourceOf = (key: string, setting: SourceSetting): Source => asSource(key, setting, Boolean(setting.token));

/** A source of the environment's list, counted from 1. */
export function environmentRecord(setting: SourceSetting, place: number): SourceRecord {
  const source = sourceOf(`env:${place}`, setting);
  const { key: id, hasToken } = source;
  return { id, origin: 'env', source, hasToken, tokenReadable: true, createdAt: null, updatedAt: null };
}

/** A row, and whether its token could be read. */
export function rowRecord(row: FallbackSource, token: string | undefined): SourceRecord {
  const { id, createdAt, updatedAt } = row;
  const source = asSource(`db:${id}`, settingOf(row), token !== undefined);
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

/** A row as people write it, without its token. */
export const settingOf = (row: FallbackSource): SourceSetting => ({
  name: row.name,
  url: row.url,
  source_type: row.sourceType,
  priority: row.priority,
  namespace: row.namespace,
  enabled: row.enabled,
  require_auth: row.requireAuth,
  delivery: row.delivery,
  on_error: row.onError,
  include: row.include,
  exclude: row.exclude,
});

/** What the table keeps of a setting. */
export const columnsOf = (setting: SourceSetting, tokenCipher: string | null): SourceColumns => ({
  name: setting.name,
  url: setting.url,
  sourceType: setting.source_type,
  tokenCipher,
  priority: setting.priority,
  namespace: setting.namespace,
  enabled: setting.enabled,
  requireAuth: setting.require_auth,
  delivery: setting.delivery,
  onError: setting.on_error,
  include: [...setting.include],
  exclude: [...setting.exclude],
});
