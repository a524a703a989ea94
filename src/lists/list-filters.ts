import { flag, parameter } from '../domain/query-flags.js';
import type { ListQuery, NumberRange } from '../domain/list.js';
import type { QueryPairs } from '../domain/query.js';
import type { RepoType } from '../domain/repo-id.js';

/** Filters by properties that only repositories of huggingface.co have, such as inference providers. */
const HUB_ONLY: Readonly<Record<RepoType, readonly string[]>> = {
  model: ['apps', 'inference', 'inference_provider'],
  dataset: [],
  space: [],
};

const IS_GATEABLE: Readonly<Record<RepoType, boolean>> = { model: true, dataset: true, space: false };

const SIZES: Readonly<Record<RepoType, readonly string[]>> = { model: ['num_parameters'], dataset: [], space: [] };

/** Parameters of huggingface.co's pages and clients for tags, with the prefix of these tags. They are equivalent to `filter`. */
const TAGS: Readonly<Record<RepoType, Readonly<Record<string, string>>>> = {
  model: { library: '', language: '', license: '', other: '', trained_dataset: 'dataset:' },
  dataset: {
    library: '',
    language: '',
    license: '',
    other: '',
    task_categories: '',
    task_ids: '',
    size_categories: '',
    multilinguality: '',
    modality: '',
    format: '',
  },
  space: { license: '', other: '' },
};

/** Filters of spaces by what they use. */
const USES: Readonly<Record<RepoType, readonly string[]>> = {
  model: [],
  dataset: [],
  space: ['models', 'datasets', 'linked'],
};

/** Names of the filters that only lists of this type have. */
export const filterNames = (type: RepoType): readonly string[] => [
  ...(IS_GATEABLE[type] ? ['gated'] : []),
  ...HUB_ONLY[type],
  ...SIZES[type],
  ...Object.keys(TAGS[type]),
  ...USES[type],
];

/** The tags that a list requires in addition to `filter`. Other prefixes are part of the value: `license=license:mit`. */
export const tagFilters = (type: RepoType, query: QueryPairs): string[] =>
  query.flatMap(([name, value]) => {
    const prefix = Object.hasOwn(TAGS[type], name) ? TAGS[type][name] : undefined;
    if (prefix === undefined) return [];
    return value.split(',').flatMap((tag) => (tag === '' ? [] : [tag.startsWith(prefix) ? tag : prefix + tag]));
  });

/** The filters that are not tags. */
export function propertyFilters(
  type: RepoType,
  query: QueryPairs,
): Pick<ListQuery, 'hubOnly' | 'uses' | 'gated' | 'parameters'> {
  const isSet = (name: string): boolean => (parameter(query, name) ?? '') !== '';
  const gated = IS_GATEABLE[type] ? gatedFilter(parameter(query, 'gated')) : undefined;
  const valuesOf = (name: string): string[] =>
    query.flatMap(([key, value]) => (key === name ? value.split(',') : [])).filter((value) => value !== '');
  const uses = { models: valuesOf('models'), datasets: valuesOf('datasets'), linked: flag(query, 'linked') };
  const size = SIZES[type].filter(isSet).map((name) => parameterRange(parameter(query, name)!))[0];
  return {
    ...(size && { parameters: size }),
    ...(gated !== undefined && { gated }),
    ...(HUB_ONLY[type].some(isSet) && { hubOnly: true }),
    ...(USES[type].some((name) => (name !== 'linked' ? isSet(name) : uses.linked)) && { uses }),
  };
}

/** @param value - as checked by `checkNames` */
function gatedFilter(value = ''): ListQuery['gated'] {
  const name = value.toLowerCase();
  if (name === 'auto' || name === 'manual') return name;
  return name === '' ? undefined : name === 'true' || name === '1';
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** @returns the range in the format of huggingface_hub, `min:6B,max:128B` or one of the two; undefined for another format */
export function parameterRange(text: string): NumberRange | undefined {
  const bounds = text.split(',').map((bound) => {
    const [, name, digits, unit] = /^(min|max):(\d{1,15}(?:\.\d{1,5})?)([KMBT]?)$/i.exec(bound) ?? [];
    return [name?.toLowerCase(), Number(digits) * UNITS[unit?.toUpperCase() ?? '']!] as const;
  });
  const names = bounds.map(([name]) => name).join();
  return ['min', 'max', 'min,max'].includes(names) ? (Object.fromEntries(bounds) as NumberRange) : undefined;
}
