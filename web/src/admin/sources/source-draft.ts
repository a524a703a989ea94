import { checkSourceField } from '@domain/check-source';
import { PUBLIC_FIELDS, SECRET_FIELDS, type FieldValue, type PublicField, type PublicFields } from '@domain/source';
import type { DeliveryRule } from '@domain/delivery-rule';
import type { FieldSchema } from '@domain/field-schema';
import { schemaOf, SOURCE_FIELDS, type SourceField } from '@domain/source-schema';
import { SOURCE_TYPES } from '@strategies/strategies';
import type { Schemas } from '@/api/client';
import { draftOfRule, ruleOf, type DeliveryRuleDraft } from './delivery-rule-draft';
import { credentialDrafts, credentialSettings, isStored, type CredentialDrafts } from './credential-draft';

export type Source = Schemas['SourceDto'];
export type SourceSetting = Schemas['SourceSettingDto'];

/** The value in a form: lists as one item per line, and numbers as entered, which may be invalid. */
type DraftValue<Value> = Value extends readonly string[]
  ? string
  : Value extends readonly DeliveryRule[]
    ? DeliveryRuleDraft[]
    : Value extends number | null
      ? number | string
      : Value;

/** The values of a source form. */
export type SourceDraft = { [Field in PublicField]: DraftValue<FieldValue<Field>> } & {
  credentials: CredentialDrafts;
};

/** The fields of a section of the form. */
export const formFields = (section: FieldSchema['section']): PublicField[] =>
  PUBLIC_FIELDS.filter((field) => schemaOf(field).section === section);

const toDraft = (values: Partial<PublicFields>, credentials: CredentialDrafts): SourceDraft => {
  const entries = PUBLIC_FIELDS.map((field) => {
    const value: unknown = values[field] ?? schemaOf(field).default ?? '';
    if (!Array.isArray(value)) return [field, value];
    return [field, schemaOf(field).kind === 'rules' ? value.map(draftOfRule) : value.join('\n')];
  });
  return { ...Object.fromEntries(entries), credentials };
};

/** A new source, with a priority after all others. */
export const newDraft = (others: readonly Pick<Source, 'priority'>[]): SourceDraft => {
  const priority = Math.min(Math.max(0, ...others.map((other) => other.priority)) + 1, 10_000);
  return toDraft({ source_type: 'huggingface', priority }, credentialDrafts());
};

export const draftOf = (source: Source): SourceDraft => toDraft(source, credentialDrafts(source));

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function fromDraft(field: PublicField, value: SourceDraft[PublicField]): unknown {
  const { kind, nullable } = schemaOf(field);
  if (typeof value === 'object') return value.map(ruleOf);
  if (kind === 'patterns') return lines(`${value}`);
  if (kind === 'integer') return value === '' ? (nullable ? null : NaN) : Number(value);
  if (kind === 'choice' && value === '') return null;
  return typeof value === 'string' ? value.trim() : value;
}

/** The request body for a draft. Without a name, the API uses the URL's host. */
export function settingOf(draft: SourceDraft): SourceSetting {
  const fields = PUBLIC_FIELDS.map((field) => [field, fromDraft(field, draft[field])]);
  return {
    ...Object.fromEntries(fields),
    name: draft.name.trim() || undefined,
    ...credentialSettings(draft.credentials),
  };
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

/**
 * Validates a draft with the rules of the API.
 *
 * @param stored the source that is edited
 * @returns a message for each invalid field
 */
export function validateDraft(draft: SourceDraft, stored?: Source): Partial<Record<SourceField, string>> {
  const setting: Partial<Record<SourceField, unknown>> = settingOf(draft);
  const errors: Partial<Record<SourceField, string>> = {};
  for (const field of SOURCE_FIELDS) {
    const error = setting[field] === undefined ? undefined : checkSourceField(field, setting[field], SOURCE_TYPES);
    if (error) errors[field] = error;
  }
  if (stored && originOf(stored.url) !== originOf(draft.url.trim())) {
    for (const field of SECRET_FIELDS)
      if (isStored(stored, field) && draft.credentials[field].choice === 'keep')
        errors[field] =
          `Enter the ${schemaOf(field).label.toLowerCase()} again or remove it. Stored credentials are never sent to another host.`;
  }
  return errors;
}
