import type { SourceSetting } from '@domain/source';
import { sourceIdentity } from '@domain/check-source';
import { SOURCE_FIELDS, type SourceField } from '@domain/source-fields';
import type { Source } from './source-draft';

/** One field that will be another. */
export interface FieldChange {
  readonly field: SourceField;
  readonly before: string;
  readonly after: string;
}

/** What a replacement does with one source. */
export interface SourceChange {
  readonly kind: 'added' | 'changed' | 'removed' | 'same';
  readonly name: string;
  readonly namespace: string;
  readonly changes: readonly FieldChange[];
  /** What becomes of a token that is stored, or comes along. */
  readonly token?: 'kept' | 'new' | 'lost';
}

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.length ? value.join(', ') : 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return `${value}` || 'none';
};

function changesOf(before: Source, after: SourceSetting): FieldChange[] {
  return SOURCE_FIELDS.filter((field) => field !== 'token')
    .map((field) => ({ field, before: shown(before[field]), after: shown(after[field]) }))
    .filter(({ before: one, after: other }) => one !== other);
}

/** A stored token stays for the same namespace, name and host where none is given (the API's rule). */
function tokenOf(before: Source | undefined, { token, url }: SourceSetting): SourceChange['token'] {
  if (token) return 'new';
  if (!before?.has_token) return undefined;
  const stays = token === undefined && new URL(before.url).origin === new URL(url).origin;
  return stays ? 'kept' : 'lost';
}

/** What putting these settings in place of all stored sources would change. */
export function diffSources(stored: readonly Source[], settings: readonly SourceSetting[]): SourceChange[] {
  const known = new Map(
    stored.filter(({ origin }) => origin === 'database').map((source) => [sourceIdentity(source), source]),
  );
  const changes = settings.map((setting): SourceChange => {
    const before = known.get(sourceIdentity(setting));
    known.delete(sourceIdentity(setting));
    const token = tokenOf(before, setting);
    const { name, namespace } = setting;
    if (!before) return { kind: 'added', name, namespace, changes: [], token };
    const fields = changesOf(before, setting);
    const isSame = fields.length === 0 && (token === undefined || token === 'kept');
    return { kind: isSame ? 'same' : 'changed', name, namespace, changes: fields, token };
  });
  const removed = [...known.values()].map(({ name, namespace, has_token }): SourceChange => {
    return { kind: 'removed', name, namespace, changes: [], token: has_token ? 'lost' : undefined };
  });
  return [...changes, ...removed];
}
