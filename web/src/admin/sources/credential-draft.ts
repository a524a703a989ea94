import { SECRET_FIELDS, type SecretField } from '@domain/source';
import type { Source, SourceSetting } from './source-draft';

/** Keep the stored credentials, set others (empty ones remove them), or remove them. */
export type CredentialChoice = 'keep' | 'set' | 'clear';

/** Credentials as entered: headers as one `Name: value` per line. */
export interface CredentialDraft {
  choice: CredentialChoice;
  text: string;
}

/** The credentials of a form. They are never shown again once they are stored. */
export type CredentialDrafts = Record<SecretField, CredentialDraft>;

/** Whether credentials of this kind are stored. */
export const isStored = (source: Source | undefined, field: SecretField): boolean => source?.[`has_${field}`] ?? false;

/** @param source the source that is edited */
export const credentialDrafts = (source?: Source): CredentialDrafts =>
  Object.fromEntries(
    SECRET_FIELDS.map((field) => [field, { choice: isStored(source, field) ? 'keep' : 'set', text: '' }]),
  ) as CredentialDrafts;

/** Whether the source will have credentials. */
export const hasCredentials = (drafts: CredentialDrafts): boolean =>
  SECRET_FIELDS.some((field) => {
    const { choice, text } = drafts[field];
    return choice === 'keep' || (choice === 'set' && text.trim() !== '');
  });

/** A line without a colon becomes a header without a value, which is reported as invalid. */
const headersOf = (text: string): Record<string, unknown> =>
  Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => {
        const [name = '', value] = line.split(/:(.*)/s);
        return [name.trim(), value?.trim()];
      }),
  );

function valueOf(field: SecretField, { choice, text }: CredentialDraft): unknown {
  const entered = text.trim();
  if (choice === 'clear' || entered === '') return null;
  return field === 'headers' ? headersOf(entered) : entered;
}

/** The credentials of a request body. */
export const credentialSettings = (drafts: CredentialDrafts): Partial<SourceSetting> =>
  Object.fromEntries(
    SECRET_FIELDS.filter((field) => drafts[field].choice !== 'keep').map((field) => [
      field,
      valueOf(field, drafts[field]),
    ]),
  );
