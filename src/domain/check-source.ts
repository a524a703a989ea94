import { oneOfRule } from './source-rules.js';
import { schemaOf, SOURCE_FIELDS, type SourceField } from './source-schema.js';
import { SECRET_FIELDS, type SourceInput, type SourceSetting } from './source.js';
import { withoutTrailingSlashes } from './trailing-slashes.js';

/** An invalid field. */
export interface SourceProblem {
  /** Empty if the whole value is invalid. */
  readonly field: string;
  /** A sentence without the field's name, such as `Must be true or false`. */
  readonly message: string;
}

/** A complete setting, or everything that is wrong with the input. */
export type SourceCheck = { readonly setting: SourceSetting } | { readonly problems: readonly SourceProblem[] };

/** Complete settings, or everything that is wrong with the input. */
export type SourcesCheck =
  { readonly settings: readonly SourceSetting[] } | { readonly problems: readonly SourceProblem[] };

/** Token and password are sent in the same header. */
export const ONE_AUTHORIZATION = 'A source has either a token or a user and password. Remove one of them (null)';

/** Fields of a source in replies of the API. They are ignored in requests, so that a list of sources can be sent back. */
export const READ_ONLY_FIELDS: readonly string[] = [
  'id',
  'origin',
  'created_at',
  'updated_at',
  ...SECRET_FIELDS.map((field) => `has_${field}`),
];

const isField = (name: string): name is SourceField => SOURCE_FIELDS.some((field) => field === name);

/**
 * Validates the value of a field.
 * @param types - the known source types; without them, any well-formed type is valid
 * @returns an error message, or undefined
 */
export function checkSourceField(field: SourceField, value: unknown, types?: readonly string[]): string | undefined {
  if (field === 'source_type' && types) return oneOfRule(types, value);
  const schema = schemaOf(field);
  if (value === null && schema.nullable) return undefined;
  return schema.options ? oneOfRule(Object.keys(schema.options), value) : schema.rule?.(value, schema);
}

function problemsOf(input: Readonly<Record<string, unknown>>, types: readonly string[] | undefined): SourceProblem[] {
  const missing = SOURCE_FIELDS.filter((field) => schemaOf(field).required && input[field] === undefined);
  const invalid = Object.entries(input).map(([field, value]) => ({
    field,
    message: isField(field)
      ? checkSourceField(field, value, types)
      : `Unknown field. The fields of a source are ${SOURCE_FIELDS.join(', ')}`,
  }));
  return [
    ...missing.map((field) => ({ field, message: 'Required' })),
    ...invalid.filter((problem): problem is SourceProblem => problem.message !== undefined),
  ];
}

/** Makes equal URLs identical: lower-case host, no default port, no trailing slash. */
const normalizeUrl = (text: string): string => {
  const url = new URL(text);
  return url.origin + withoutTrailingSlashes(url.pathname);
};

function defaultFields(): Partial<SourceSetting> {
  const fields = SOURCE_FIELDS.filter((field) => schemaOf(field).default !== undefined);
  return Object.fromEntries(fields.map((field) => [field, schemaOf(field).default]));
}

/** KohakuHub's documentation has `"token": ""` for no token. A missing name is the URL's host. */
function complete(input: SourceInput): SourceSetting {
  const secrets = SECRET_FIELDS.filter((field) => input[field] !== undefined);
  return {
    ...defaultFields(),
    ...input,
    name: input.name?.trim() ?? new URL(input.url).host,
    url: normalizeUrl(input.url),
    ...Object.fromEntries(secrets.map((field) => [field, secretOrNull(input[field])])),
  } as SourceSetting;
}

function secretOrNull(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() || null;
  return value === null || Object.keys(value as object).length === 0 ? null : value;
}

/** Clients that are passed to the storage of a source have none of its credentials. */
export const PASS_WITHOUT_CREDENTIALS =
  'pass requires a source without credentials, since clients do not have them. Choose relay, or remove the token, password, headers and certificate (null)';

/** Problems of fields that exclude credentials, which may be stored and not part of the setting. */
export function credentialConflicts(xet: SourceSetting['xet'], hasCredentials: boolean): SourceProblem[] {
  return xet === 'pass' && hasCredentials ? [{ field: 'xet', message: PASS_WITHOUT_CREDENTIALS }] : [];
}

/** Problems of fields that exclude each other. */
function conflictsOf(setting: SourceSetting): SourceProblem[] {
  const { token, basic_auth, client_certificate, url, xet, delivery } = setting;
  const problems = credentialConflicts(
    xet,
    SECRET_FIELDS.some((field) => Boolean(setting[field])),
  );
  if (xet === 'pass' && delivery !== 'redirect')
    problems.push({
      field: 'xet',
      message: 'pass requires "delivery": "redirect". Choose relay, or change the delivery',
    });
  if (token && basic_auth) problems.push({ field: 'basic_auth', message: ONE_AUTHORIZATION });
  if (client_certificate && !url.startsWith('https:'))
    problems.push({ field: 'client_certificate', message: 'Requires an https:// URL' });
  return problems;
}

/**
 * Validates a source and fills in the defaults.
 * @param input - any value; fields that are `undefined` count as missing
 * @param types - the known source types; without them, any well-formed type is valid
 */
export function checkSource(input: unknown, types?: readonly string[]): SourceCheck {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { problems: [{ field: '', message: 'Must be an object such as {"name", "url", "source_type"}' }] };
  }
  const fields = Object.fromEntries(
    Object.entries(input).filter(([name, value]) => value !== undefined && !READ_ONLY_FIELDS.includes(name)),
  );
  const problems = problemsOf(fields, types);
  if (problems.length > 0) return { problems };
  const setting = complete(fields as unknown as SourceInput);
  const conflicts = conflictsOf(setting);
  return conflicts.length > 0 ? { problems: conflicts } : { setting };
}

/** Unique key of a source: its name within its namespace, whose case is ignored. */
export const sourceIdentity = (source: { readonly namespace: string; readonly name: string }): string =>
  `${source.namespace.toLowerCase()}/${source.name}`;

/** Validates a list of sources, whose names must be unique within a namespace. Fields are named `3.url`, counted from 0. */
export function checkSources(input: unknown, types?: readonly string[]): SourcesCheck {
  if (!Array.isArray(input)) return { problems: [{ field: '', message: 'Must be a list of sources' }] };
  const problems: SourceProblem[] = [];
  const settings: SourceSetting[] = [];
  const identities = new Set<string>();
  input
    .map((item) => checkSource(item, types))
    .forEach((check, position) => {
      const locate = ({ field, message }: SourceProblem): SourceProblem => ({
        field: field === '' ? `${position}` : `${position}.${field}`,
        message,
      });
      if ('problems' in check) return void problems.push(...check.problems.map(locate));
      const identity = sourceIdentity(check.setting);
      if (identities.has(identity))
        problems.push(locate({ field: 'name', message: 'Already taken by another source in this list' }));
      identities.add(identity);
      settings.push(check.setting);
    });
  return problems.length > 0 ? { problems } : { settings };
}

/** Error text of a problem outside of forms: `url: Must be …`. */
export const problemText = ({ field, message }: SourceProblem): string =>
  field === '' ? message : `${field}: ${message}`;
