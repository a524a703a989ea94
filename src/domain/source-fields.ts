import { REPO_TYPES } from './repo-id.js';
import { DELIVERIES, ON_ERRORS, type SourceSetting } from './source.js';
import { isGlob } from './match-glob.js';
import { isRefusedHost } from './refused-host.js';

/** The name of a source's field, as people write it. */
export type SourceField = keyof SourceSetting;

/** What is wrong with a value, or undefined. */
type FieldRule = (value: unknown) => string | undefined;

const anyOf =
  (values: readonly string[]): FieldRule =>
  (value) =>
    values.some((one) => one === value) ? undefined : `must be one of ${values.join(', ')}`;

const yesOrNo: FieldRule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');

/** Control characters, lone surrogates, line separators, and the marks that turn the writing direction around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function nameRule(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be text';
  const length = [...value.trim()].length;
  if (length < 1 || length > 100) return 'must have 1 to 100 characters';
  return UNPRINTABLE.test(value) ? 'must have printable characters only' : undefined;
}

function urlRule(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^https?:\/\/[^/]/i.test(value)) return 'must be an http:// or https:// URL';
  if (value.length > 2000) return 'must have at most 2000 characters';
  if (/[\s\\\p{Cc}]/u.test(value)) return 'must not contain spaces, backslashes or control characters';
  if (/[?#]/.test(value)) return 'must have no query and no fragment';
  if (!URL.canParse(value)) return 'must be an http:// or https:// URL';
  const url = new URL(value);
  if (url.username || url.password || /^\w+:\/\/[^/]*@/.test(value))
    return 'must have no credentials: give the token apart';
  return isRefusedHost(url.hostname) ? 'must not be a link-local or metadata address' : undefined;
}

function tokenRule(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'string') return 'must be text or null';
  if (value.length > 500) return 'must have at most 500 characters';
  return /^[\x20-\x7e\xa0-\xff]*$/.test(value.trim()) ? undefined : 'must have printable latin-1 characters only';
}

/** The known types are those of the strategies, which this module does not import: `checkSourceField` takes them as an argument. */
const typeRule: FieldRule = (value) =>
  typeof value === 'string' && /^[a-z0-9-]{1,32}$/.test(value)
    ? undefined
    : 'must be a type of source, such as huggingface';

const priorityRule: FieldRule = (value) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10_000
    ? undefined
    : 'must be a whole number from 1 to 10000';

/** A namespace's spelling is huggingface_hub's for repository ids (its `validate_repo_id`, version 1.33). */
const namespaceRule: FieldRule = (value) =>
  value === '' || (typeof value === 'string' && /^(?!.*(?:--|\.\.))(?![-.])[\w.-]{1,96}(?<![-.])$/.test(value))
    ? undefined
    : "must be empty (for all) or a user's or organization's name";

function isRepoPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [type, glob] = value.includes(':') ? value.split(/:(.*)/s) : [undefined, value];
  return (type === undefined || REPO_TYPES.some((one) => one === type)) && isGlob(glob ?? '');
}

function patternsRule(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length > 100) return 'must be a list of at most 100 patterns';
  const bad = value.find((pattern) => !isRepoPattern(pattern)) as unknown;
  if (bad === undefined) return undefined;
  return `has ${JSON.stringify(bad)}; a pattern is like meta-llama/* or dataset:*/*, with the types ${REPO_TYPES.join(', ')}`;
}

const RULES: Readonly<Record<SourceField, FieldRule>> = {
  name: nameRule,
  url: urlRule,
  source_type: typeRule,
  token: tokenRule,
  priority: priorityRule,
  namespace: namespaceRule,
  enabled: yesOrNo,
  require_auth: yesOrNo,
  delivery: anyOf(DELIVERIES),
  on_error: anyOf(ON_ERRORS),
  include: patternsRule,
  exclude: patternsRule,
};

/** Every field a source may have. */
export const SOURCE_FIELDS = Object.keys(RULES) as readonly SourceField[];

/**
 * What is wrong with one field of a source, as the end of a sentence ("must be …"), or undefined.
 * @param types the known types of sources; without them, any well-formed type is accepted
 */
export const checkSourceField = (field: SourceField, value: unknown, types?: readonly string[]): string | undefined =>
  field === 'source_type' && types ? anyOf(types)(value) : RULES[field](value);
