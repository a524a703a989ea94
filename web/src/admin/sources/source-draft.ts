import { checkSourceField, SOURCE_FIELDS, type SourceField } from '@domain/source-fields';
import { SOURCE_TYPES } from '@strategies/strategies';
import type { Schemas } from '@/api/client';

export type Source = Schemas['SourceDto'];
export type SourceSetting = Schemas['SourceSettingDto'];

/** What becomes of the token: the stored one stays, another takes its place (an empty one: none), or it goes. */
export type TokenChoice = 'keep' | 'set' | 'clear';

/** A source as it stands in a form. */
export interface SourceDraft {
  name: string;
  url: string;
  source_type: Source['source_type'];
  /** As typed. */
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
  exclude: string;
}

/** The specification's words for its fields, and ours. */
export const FIELD_TITLES: Readonly<Record<SourceField, string>> = {
  name: 'Name',
  url: 'URL',
  source_type: 'Source Type',
  priority: 'Priority',
  token: 'Token',
  namespace: 'Namespace',
  enabled: 'Enabled',
  require_auth: 'Signed-in callers only',
  delivery: 'Files reach the caller',
  on_error: 'When it cannot answer',
  include: 'Only these repositories',
  exclude: 'Never these repositories',
};

/** A new source is asked after all others. */
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

/** A stored source, to be changed. */
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

/** What the API is sent; a name that is not given is the URL's host there. */
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

/** What is wrong with each field, by the hub's own rules. */
export function draftFaults(draft: SourceDraft, before?: Source): Partial<Record<SourceField, string>> {
  const setting: Partial<Record<SourceField, unknown>> = settingOf(draft);
  const faults: Partial<Record<SourceField, string>> = {};
  for (const field of SOURCE_FIELDS) {
    const fault = setting[field] === undefined ? undefined : checkSourceField(field, setting[field], SOURCE_TYPES);
    if (fault) faults[field] = fault;
  }
  const moved = before?.has_token && originOf(before.url) !== originOf(draft.url.trim());
  if (moved && draft.tokenChoice === 'keep')
    faults.token = 'must be given again for another host, or removed: the stored one is not taken there';
  return faults;
}
