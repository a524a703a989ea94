import type { SourceSetting } from './source.js';
import { checkSourceField, SOURCE_FIELDS, type SourceField } from './source-fields.js';

/** Which field is wrong, and how. */
export interface SourceFault {
  readonly field: string;
  readonly message: string;
}

/** A complete setting, or everything that is wrong with what was given. */
export type SourceCheck = { readonly setting: SourceSetting } | { readonly faults: readonly SourceFault[] };

/** The same for a list. */
export type SourcesCheck =
  { readonly settings: readonly SourceSetting[] } | { readonly faults: readonly SourceFault[] };

const DEFAULTS = {
  priority: 100,
  namespace: '',
  enabled: true,
  require_auth: false,
  delivery: 'redirect',
  on_error: 'next',
  include: [],
  exclude: [],
} as const satisfies Partial<SourceSetting>;

/** Without these there is no source. A missing name is the URL's host, as in the specification's examples. */
const REQUIRED: readonly SourceField[] = ['url', 'source_type'];

const isField = (name: string): name is SourceField => SOURCE_FIELDS.some((field) => field === name);

function faultsOf(given: Readonly<Record<string, unknown>>, types: readonly string[] | undefined): SourceFault[] {
  const missing = REQUIRED.filter((field) => given[field] === undefined);
  const wrong = Object.entries(given).map(([field, value]) => ({
    field,
    message: isField(field)
      ? checkSourceField(field, value, types)
      : `is not a field of a source (${SOURCE_FIELDS.join(', ')})`,
  }));
  return [
    ...missing.map((field) => ({ field, message: 'is missing' })),
    ...wrong.filter((fault): fault is SourceFault => fault.message !== undefined),
  ];
}

/** One spelling per URL: lower-case host, no default port, no trailing slash. */
const plainUrl = (given: string): string => {
  const url = new URL(given);
  return url.origin + url.pathname.replace(/\/+$/, '');
};

function complete(given: Partial<SourceSetting> & Pick<SourceSetting, 'url' | 'source_type'>): SourceSetting {
  const { token, ...rest } = given;
  return {
    ...DEFAULTS,
    ...rest,
    name: given.name?.trim() ?? new URL(given.url).host,
    url: plainUrl(given.url),
    // The specification's example has `"token": ""` for none.
    ...(token === undefined ? {} : { token: token?.trim() || null }),
  };
}

/**
 * A source as people write it is either right and complete, or every fault in it is named.
 * @param input what was given, of whatever shape; fields that are `undefined` count as absent
 * @param types the known types of sources
 */
export function checkSource(input: unknown, types?: readonly string[]): SourceCheck {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { faults: [{ field: '', message: 'must be an object like {"name", "url", "source_type"}' }] };
  }
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const faults = faultsOf(given, types);
  return faults.length > 0 ? { faults } : { setting: complete(given as unknown as SourceSetting) };
}

/** One name, one source: within a namespace, whose case does not count. */
export const sourceIdentity = (source: { readonly namespace: string; readonly name: string }): string =>
  `${source.namespace.toLowerCase()}/${source.name}`;

/** Checks a list of sources, and that names are unique within a namespace. Fields are named `3.url`, counted from 0. */
export function checkSources(input: unknown, types?: readonly string[]): SourcesCheck {
  if (!Array.isArray(input)) return { faults: [{ field: '', message: 'must be a list of sources' }] };
  const faults: SourceFault[] = [];
  const settings: SourceSetting[] = [];
  const seen = new Set<string>();
  input
    .map((item) => checkSource(item, types))
    .forEach((check, position) => {
      const at = (fault: SourceFault): SourceFault => ({
        ...fault,
        field: [position, fault.field].filter((part) => part !== '').join('.'),
      });
      if ('faults' in check) return void faults.push(...check.faults.map(at));
      const identity = sourceIdentity(check.setting);
      if (seen.has(identity))
        faults.push(at({ field: 'name', message: `is taken: another source is named ${check.setting.name}` }));
      seen.add(identity);
      settings.push(check.setting);
    });
  return faults.length > 0 ? { faults } : { settings };
}
