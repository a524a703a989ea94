import { sourceIdentity } from '@domain/check-source';
import { DELIVERIES, type DeliveryRule } from '@domain/delivery-rule';
import { describeRule } from '@domain/describe-rule';
import { PUBLIC_FIELDS, SECRET_FIELDS, type PublicField, type SecretField, type SourceSetting } from '@domain/source';
import { schemaOf } from '@domain/source-schema';
import { isStored } from './credential-draft';
import type { Source } from './source-draft';

/** A field whose value changes, or is set in a new source. */
export interface FieldChange {
  readonly field: PublicField;
  /** Undefined in a new source. */
  readonly before?: string;
  readonly after: string;
}

/** A change of credentials, whose values are never shown. */
export interface CredentialChange {
  readonly field: SecretField;
  readonly fate: 'kept' | 'new' | 'deleted';
  /** The names of new request headers. */
  readonly names?: readonly string[];
}

/** How replacing all sources changes one of them. */
export interface SourceChange {
  readonly kind: 'added' | 'changed' | 'removed' | 'unchanged';
  readonly name: string;
  readonly namespace: string;
  readonly changes: readonly FieldChange[];
  /** The stored credentials, and those in the settings. */
  readonly credentials: readonly CredentialChange[];
}

const formatField = (field: PublicField, value: unknown): string =>
  value === null ? (schemaOf(field).nullLabel ?? format(value)) : format(value);

const format = (value: unknown): string => {
  if (Array.isArray(value)) return value.length ? value.map(formatItem).join(', ') : 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return `${value ?? ''}` || 'none';
};

const isRule = (item: unknown): item is DeliveryRule => typeof item === 'object' && item !== null;
const formatItem = (item: unknown): string =>
  isRule(item) ? `${describeRule(item)}: ${DELIVERIES[item.delivery].toLowerCase()}` : `${item as string}`;

function changesOf(before: Source, after: SourceSetting): FieldChange[] {
  return PUBLIC_FIELDS.map((field) => ({
    field,
    before: formatField(field, before[field]),
    after: formatField(field, after[field]),
  })).filter((change) => change.before !== change.after);
}

/** The fields of a new source that differ from their defaults. Its name and namespace are shown anyway. */
const fieldsOf = (added: SourceSetting): FieldChange[] =>
  PUBLIC_FIELDS.filter((field) => field !== 'name' && field !== 'namespace')
    .map((field) => ({ field, after: formatField(field, added[field]) }))
    .filter(({ field, after }) => after !== formatField(field, schemaOf(field).default));

/** As in the API: missing credentials are kept if namespace, name and origin are the same. */
function fateOf(
  field: SecretField,
  before: Source | undefined,
  after: SourceSetting,
): CredentialChange['fate'] | undefined {
  if (after[field]) return 'new';
  if (!isStored(before, field)) return undefined;
  const isKept = after[field] === undefined && new URL(before!.url).origin === new URL(after.url).origin;
  return isKept ? 'kept' : 'deleted';
}

const credentialsOf = (before: Source | undefined, after: SourceSetting): CredentialChange[] =>
  SECRET_FIELDS.flatMap((field) => {
    const fate = fateOf(field, before, after);
    if (!fate) return [];
    return { field, fate, names: field === 'headers' && fate === 'new' ? Object.keys(after.headers!) : undefined };
  });

/** Compares the stored sources with the settings that would replace them. Sources from the environment are ignored. */
export function diffSources(stored: readonly Source[], settings: readonly SourceSetting[]): SourceChange[] {
  const storedByIdentity = new Map(
    stored.filter(({ origin }) => origin === 'database').map((source) => [sourceIdentity(source), source]),
  );
  const changes = settings.map((setting): SourceChange => {
    const before = storedByIdentity.get(sourceIdentity(setting));
    storedByIdentity.delete(sourceIdentity(setting));
    const credentials = credentialsOf(before, setting);
    const { name, namespace } = setting;
    if (!before) return { kind: 'added', name, namespace, changes: fieldsOf(setting), credentials };
    const fields = changesOf(before, setting);
    const isUnchanged = fields.length === 0 && credentials.every(({ fate }) => fate === 'kept');
    return { kind: isUnchanged ? 'unchanged' : 'changed', name, namespace, changes: fields, credentials };
  });
  const removed = [...storedByIdentity.values()].map((source): SourceChange => {
    const fields = SECRET_FIELDS.filter((field) => isStored(source, field));
    const credentials = fields.map((field): CredentialChange => ({ field, fate: 'deleted' }));
    return { kind: 'removed', name: source.name, namespace: source.namespace, changes: [], credentials };
  });
  return [...changes, ...removed];
}
