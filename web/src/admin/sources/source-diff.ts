import { PUBLIC_FIELDS, type PublicField, type SourceSetting } from '@domain/source';
import { sourceIdentity } from '@domain/check-source';
import type { Source } from './source-draft';

/** A field whose value changes. */
export interface FieldChange {
  readonly field: PublicField;
  readonly before: string;
  readonly after: string;
}

/** How replacing all sources changes one of them. */
export interface SourceChange {
  readonly kind: 'added' | 'changed' | 'removed' | 'unchanged';
  readonly name: string;
  readonly namespace: string;
  readonly changes: readonly FieldChange[];
  /** Fate of the stored token, or of the one in the settings; undefined without a token. */
  readonly token?: 'kept' | 'new' | 'deleted';
}

const format = (value: unknown): string => {
  if (Array.isArray(value)) return value.length ? value.join(', ') : 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return `${value}` || 'none';
};

function changesOf(before: Source, after: SourceSetting): FieldChange[] {
  return PUBLIC_FIELDS.map((field) => ({ field, before: format(before[field]), after: format(after[field]) })).filter(
    (change) => change.before !== change.after,
  );
}

/** As in the API: without a token in the setting, the stored one is kept if namespace, name and host are the same. */
function tokenOf(before: Source | undefined, { token, url }: SourceSetting): SourceChange['token'] {
  if (token) return 'new';
  if (!before?.has_token) return undefined;
  const isKept = token === undefined && new URL(before.url).origin === new URL(url).origin;
  return isKept ? 'kept' : 'deleted';
}

/** Compares the stored sources with the settings that would replace them. Sources from the environment are ignored. */
export function diffSources(stored: readonly Source[], settings: readonly SourceSetting[]): SourceChange[] {
  const storedByIdentity = new Map(
    stored.filter(({ origin }) => origin === 'database').map((source) => [sourceIdentity(source), source]),
  );
  const changes = settings.map((setting): SourceChange => {
    const before = storedByIdentity.get(sourceIdentity(setting));
    storedByIdentity.delete(sourceIdentity(setting));
    const token = tokenOf(before, setting);
    const { name, namespace } = setting;
    if (!before) return { kind: 'added', name, namespace, changes: [], token };
    const fields = changesOf(before, setting);
    const isUnchanged = fields.length === 0 && (token === undefined || token === 'kept');
    return { kind: isUnchanged ? 'unchanged' : 'changed', name, namespace, changes: fields, token };
  });
  const removed = [...storedByIdentity.values()].map(({ name, namespace, has_token }): SourceChange => {
    return { kind: 'removed', name, namespace, changes: [], token: has_token ? 'deleted' : undefined };
  });
  return [...changes, ...removed];
}
