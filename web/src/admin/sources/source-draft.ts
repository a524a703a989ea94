import { checkSourceField, SOURCE_FIELDS, type SourceField } from '@domain/source-fields';
import { SOURCE_TYPES } from '@strategies/strategies';
import type { Schemas } from '@/api/client';

export type Source = Schemas['SourceDto'];
export type SourceSetting = Schemas['SourceSettingDto'];

/** Keep the stored token, set another one (an empty one removes it), or remove it. */
export type TokenChoice = 'keep' | 'set' | 'clear';

/** The values of a source form. */
export interface SourceDraft {
  name: string;
  url: string;
  source_type: Source['source_type'];
  /** A string if the input has no valid number. */
  priority: number | string;
  token: string;
  tokenChoice: TokenChoice;
  namespace: string;
  enabled: boolean;
  require_auth: boolean;
  delivery: Source['delivery'];
  on_error: Source['on_error'];
  /** One pattern per line. */
  include: string;
  /** One pattern per line. */
  exclude: string;
}

/** Labels of the form and of import previews. */
export const FIELD_TITLES: Readonly<Record<SourceField, string>> = {
  name: 'Name',
  url: 'URL',
  source_type: 'Source type',
  priority: 'Priority',
  token: 'Token',
  namespace: 'Namespace',
  enabled: 'Enabled',
  require_auth: 'Require sign-in',
  delivery: 'Downloads',
  on_error: 'If unavailable',
  include: 'Include',
  exclude: 'Exclude',
};

/** A new source, with a priority after all others. */
export const newDraft = (others: readonly Pick<Source, 'priority'>[]): SourceDraft => ({
  name: '',
  url: '',
  source_type: 'huggingface',
  priority: Math.min(Math.max(0, ...others.map(({ priority }) => priority)) + 1, 10_000),
  token: '',
  tokenChoice: 'set',
  namespace: '',
  enabled: true,
  require_auth: false,
  delivery: 'redirect',
  on_error: 'next',
  include: '',
  exclude: '',
});

export const draftOf = (source: Source): SourceDraft => ({
  name: source.name,
  url: source.url,
  source_type: source.source_type,
  priority: source.priority,
  token: '',
  tokenChoice: source.has_token ? 'keep' : 'set',
  namespace: source.namespace,
  enabled: source.enabled,
  require_auth: source.require_auth,
  delivery: source.delivery,
  on_error: source.on_error,
  include: source.include.join('\n'),
  exclude: source.exclude.join('\n'),
});

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const tokenOf = ({ tokenChoice, token }: SourceDraft): Pick<SourceSetting, 'token'> =>
  tokenChoice === 'keep' ? {} : { token: (tokenChoice === 'set' && token.trim()) || null };

/** The request body for a draft. Without a name, the API uses the URL's host. */
export function settingOf(draft: SourceDraft): SourceSetting {
  const name = draft.name.trim();
  return {
    ...(name ? { name } : {}),
    url: draft.url.trim(),
    source_type: draft.source_type,
    priority: draft.priority === '' ? NaN : Number(draft.priority),
    namespace: draft.namespace.trim(),
    enabled: draft.enabled,
    require_auth: draft.require_auth,
    delivery: draft.delivery,
    on_error: draft.on_error,
    include: lines(draft.include),
    exclude: lines(draft.exclude),
    ...tokenOf(draft),
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
  const hasOtherOrigin = stored?.has_token && originOf(stored.url) !== originOf(draft.url.trim());
  if (hasOtherOrigin && draft.tokenChoice === 'keep')
    errors.token = 'Enter the token again or remove it. A stored token is never sent to another host.';
  return errors;
}
