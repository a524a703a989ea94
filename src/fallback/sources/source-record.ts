import { keepsReplies } from '../../domain/keeps-replies.js';
import {
  toPublicFields,
  toSourceProperties,
  type SecretField,
  type Source,
  type SourceSetting,
} from '../../domain/source.js';
import type { FallbackSource, SourceColumns } from './fallback-source.entity.js';
import { secretsOf, storedSecrets, type OpenedSecrets, type SealedSecrets } from './sealed-secrets.js';

/** A source with details for the administrator. It never contains credentials. */
export interface SourceRecord {
  /** Database id, or `env:2` for the second source of the environment variable. */
  readonly id: number | string;
  /** Sources of the environment variable (`env`) cannot be changed through the API. */
  readonly origin: 'env' | 'database';
  readonly source: Source;
  /** The fields with stored credentials, even if they cannot be decrypted. */
  readonly secretFields: readonly SecretField[];
  /** Null for a source of the environment variable. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** The source that a setting describes. */
export const sourceOf = (
  key: string,
  setting: SourceSetting,
  { secrets, isComplete }: OpenedSecrets = { secrets: secretsOf(setting), isComplete: true },
): Source => {
  const properties = toSourceProperties(setting);
  const hasCredentials = !isComplete || Object.keys(secrets).length > 0;
  const facts = { key, hasCredentials, isUnreadable: !isComplete, keepsReplies: keepsReplies(properties) };
  return Object.freeze({ ...properties, ...facts });
};

/** @param position - position in the environment variable, starting at 1 */
export function environmentRecord(setting: SourceSetting, position: number): SourceRecord {
  const source = sourceOf(`env:${position}`, setting);
  const secretFields = Object.keys(secretsOf(setting)) as SecretField[];
  return {
    id: source.key,
    origin: 'env',
    source,
    secretFields,
    createdAt: null,
    updatedAt: null,
  };
}

/** The record of a stored source, with the credentials that could be decrypted. */
export function rowRecord(row: FallbackSource, opened: OpenedSecrets): SourceRecord {
  const { id, createdAt, updatedAt } = row;
  const secretFields = storedSecrets(row);
  return {
    id,
    origin: 'database',
    source: sourceOf(`db:${id}`, toPublicFields(row), opened),
    secretFields,
    createdAt,
    updatedAt,
  };
}

/** The columns that store a setting. */
export const columnsOf = (setting: SourceSetting, sealed: SealedSecrets): SourceColumns => ({
  ...toSourceProperties(setting),
  ...sealed,
});
