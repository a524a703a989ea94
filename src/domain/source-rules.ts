import { parseUrl } from './parse-url.js';
import { isGlob } from './is-glob.js';
import { hostRefusal } from './refused-host.js';
import { REPO_TYPES } from './repo-id.js';

/** Limits of a field's value. */
export interface Limits {
  /** In characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Returns what is wrong with a value, as a sentence; undefined if it is valid. */
export type FieldRule = (value: unknown, limits: Limits) => string | undefined;

const MAX_PATTERNS = 100;

export const oneOfRule = (values: readonly string[], value: unknown): string | undefined =>
  values.some((allowed) => allowed === value) ? undefined : `Must be one of ${values.join(', ')}`;

export const booleanRule: FieldRule = (value) => (typeof value === 'boolean' ? undefined : 'Must be true or false');

export const integerRule: FieldRule = (value, { minimum = -Infinity, maximum = Infinity }) =>
  Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
    ? undefined
    : `Must be a whole number from ${minimum} to ${maximum}`;

/** Control characters, lone surrogates, line separators, and the marks that change the writing direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

export const nameRule: FieldRule = (value, { minLength = 0, maxLength = Infinity }) => {
  if (typeof value !== 'string') return 'Must be a string';
  const length = [...value.trim()].length;
  if (length < minLength || length > maxLength) return `Use ${minLength} to ${maxLength} characters`;
  return UNPRINTABLE.test(value) ? 'Use printable characters only' : undefined;
};

export const urlRule: FieldRule = (value, { maxLength = Infinity }) => {
  if (typeof value !== 'string' || !/^https?:\/\/[^/]/i.test(value)) return 'Must be an http:// or https:// URL';
  if (value.length > maxLength) return `Use at most ${maxLength} characters`;
  if (/[\s\\\p{Cc}]/u.test(value)) return 'Must not contain spaces, backslashes or control characters';
  if (/[?#]/.test(value)) return 'Must not contain a query or fragment';
  const url = parseUrl(value);
  if (!url) return 'Must be an http:// or https:// URL';
  if (url.username || url.password || /^\w+:\/\/[^/]*@/.test(value))
    return 'Must not contain credentials. Use the token instead.';
  const refusal = hostRefusal(url.hostname);
  return refusal && `Must not be ${refusal}`;
};

/** Accepts any well-formed type. The known types are those of the strategies, which this module must not import. */
export const sourceTypeRule: FieldRule = (value) =>
  typeof value === 'string' && /^[a-z0-9-]{1,32}$/.test(value)
    ? undefined
    : 'Must be a source type, such as huggingface';

/** Namespaces follow `validate_repo_id` of huggingface_hub 1.33. */
export const namespaceRule: FieldRule = (value, { maxLength = Infinity }) =>
  value === '' ||
  (typeof value === 'string' && value.length <= maxLength && /^(?!.*(?:--|\.\.))(?![-.])[\w.-]+(?<![-.])$/.test(value))
    ? undefined
    : 'Must be the name of a user or organization, or empty for all namespaces';

/** Whether this is a pattern such as `meta-llama/*` or `dataset:*\/*`. */
export function isRepoPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [type, glob] = value.includes(':') ? value.split(/:(.*)/s) : [undefined, value];
  return (type === undefined || REPO_TYPES.some((repoType) => repoType === type)) && isGlob(glob ?? '');
}

export const patternsRule: FieldRule = (value) => {
  if (!Array.isArray(value) || value.length > MAX_PATTERNS) return `Must be a list of at most ${MAX_PATTERNS} patterns`;
  const invalid = value.find((pattern) => !isRepoPattern(pattern)) as unknown;
  if (invalid === undefined) return undefined;
  return `${JSON.stringify(invalid)} is not a pattern such as meta-llama/* or dataset:*/* (types: ${REPO_TYPES.join(', ')})`;
};
