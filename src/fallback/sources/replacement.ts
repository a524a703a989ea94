import { sourceIdentity } from '../../domain/check-source.js';
import type { SecretField, SourceSetting } from '../../domain/source.js';
import type { FallbackSource } from './fallback-source.entity.js';
import { storedSecrets, type SealedSecrets } from './sealed-secrets.js';
import { validateSettings } from './validate-setting.js';

/** Credentials of a source, by the names of their fields. */
export interface NamedCredentials {
  readonly name: string;
  readonly namespace: string;
  readonly fields: readonly SecretField[];
}

/** The result of a bulk replacement. */
export interface Replacement {
  /** Number of stored sources. */
  readonly before: number;
  readonly after: number;
  /** Names of sources that were ignored, because an environment variable sets them. */
  readonly ignored: readonly string[];
  /** Stored credentials that were kept, because the input has none. */
  readonly kept: readonly NamedCredentials[];
  /** Stored credentials that were deleted, and not replaced by others. */
  readonly dropped: readonly NamedCredentials[];
}

const isFromEnvironment = (item: unknown): item is { name?: unknown } =>
  typeof item === 'object' && item !== null && (item as { origin?: unknown }).origin === 'env';

/**
 * The settings of a list of sources as the API returns it, without the sources of the environment variable.
 *
 * @throws HubError `BadRequest`
 */
export function withoutEnvironment(input: unknown): { settings: readonly SourceSetting[]; ignored: readonly string[] } {
  if (!Array.isArray(input)) return { settings: validateSettings(input), ignored: [] };
  const items = input as readonly unknown[];
  return {
    settings: validateSettings(items.filter((item) => !isFromEnvironment(item))),
    ignored: items.filter(isFromEnvironment).map(({ name }) => String(name)),
  };
}

/** The stored source whose credentials a setting keeps: with its namespace and name, at the same origin. */
export function storedFor(setting: SourceSetting, rows: readonly FallbackSource[]): FallbackSource | undefined {
  const stored = rows.find((row) => sourceIdentity(row) === sourceIdentity(setting));
  return stored && new URL(stored.url).origin === new URL(setting.url).origin ? stored : undefined;
}

/** The stored credentials that a replacement keeps and drops. */
export function credentialChanges(
  settings: readonly SourceSetting[],
  sealed: readonly SealedSecrets[],
  rows: readonly FallbackSource[],
): Pick<Replacement, 'kept' | 'dropped'> {
  const kept: NamedCredentials[] = [];
  const dropped: NamedCredentials[] = [];
  for (const row of rows) {
    const index = settings.findIndex((setting) => sourceIdentity(setting) === sourceIdentity(row));
    const setting = settings[index];
    const remaining = setting ? storedSecrets(sealed[index]!) : [];
    const note = (list: NamedCredentials[], isNoted: (field: SecretField) => boolean): void => {
      const fields = storedSecrets(row).filter(isNoted);
      if (fields.length > 0) list.push({ name: row.name, namespace: row.namespace, fields });
    };
    note(kept, (field) => remaining.includes(field) && setting?.[field] === undefined);
    note(dropped, (field) => !remaining.includes(field));
  }
  return { kept, dropped };
}
