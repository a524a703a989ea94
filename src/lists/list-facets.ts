import type { QueryPairs } from '../domain/query.js';
import type { RepoType } from '../domain/repo-id.js';
import type { FacetValues } from '../repos/store/facet-sql.js';

export const FACET_NAMES = ['task', 'library', 'format', 'sdk', 'size', 'language', 'license'] as const;
export type FacetName = (typeof FACET_NAMES)[number];

/** A property by which a list can be filtered. */
export interface FacetRule {
  readonly name: FacetName;
  /** The parameter of lists that selects a value. */
  readonly parameter: string;
  readonly values: FacetValues;
  /** The natural order of values; otherwise the most frequent ones come first. */
  readonly order?: readonly string[];
}

/** Formats of files among the tags of models. The Hub lists them as libraries. */
const MODEL_FORMATS = [
  'safetensors',
  'gguf',
  'onnx',
  'openvino',
  'pytorch',
  'tf',
  'jax',
  'coreml',
  'mlx',
  'tflite',
  'rust',
  'keras',
  'joblib',
];
const SDKS = ['gradio', 'streamlit', 'docker', 'static'];
const PARAMETER_BOUNDS = [
  ['100M', 1e8],
  ['1B', 1e9],
  ['6B', 6e9],
  ['12B', 12e9],
  ['32B', 32e9],
  ['128B', 128e9],
] as const;
const PARAMETER_RANGES = [
  'max:100M',
  ...PARAMETER_BOUNDS.slice(1).map(([label], n) => `min:${PARAMETER_BOUNDS[n]![0]},max:${label}`),
  'min:128B',
];
/** Values of `size_categories` in the metadata of datasets. */
const SIZE_CATEGORIES = [
  'n<1K',
  '1K<n<10K',
  '10K<n<100K',
  '100K<n<1M',
  '1M<n<10M',
  '10M<n<100M',
  '100M<n<1B',
  '1B<n<10B',
  '10B<n<100B',
  '100B<n<1T',
  'n>1T',
].map((size) => `size_categories:${size}`);

const LICENSE: FacetRule = {
  name: 'license',
  parameter: 'license',
  values: { kind: 'text', property: 'license', prefix: 'license:' },
};

/** The facets of lists, with the parameters and values of huggingface.co. */
export const FACETS: Readonly<Record<RepoType, readonly FacetRule[]>> = {
  model: [
    { name: 'task', parameter: 'pipeline_tag', values: { kind: 'text', property: 'task' } },
    {
      name: 'library',
      parameter: 'library',
      values: { kind: 'text', property: 'library', except: MODEL_FORMATS },
    },
    { name: 'format', parameter: 'library', values: { kind: 'list', property: 'fileTags', only: MODEL_FORMATS } },
    {
      name: 'size',
      parameter: 'num_parameters',
      values: { kind: 'parameters', bounds: PARAMETER_BOUNDS },
      order: PARAMETER_RANGES,
    },
    { name: 'language', parameter: 'language', values: { kind: 'list', property: 'language' } },
    LICENSE,
  ],
  dataset: [
    {
      name: 'task',
      parameter: 'task_categories',
      values: { kind: 'list', property: 'task_categories', prefix: 'task_categories:' },
    },
    { name: 'format', parameter: 'format', values: { kind: 'tags', beginning: 'format:' } },
    {
      name: 'size',
      parameter: 'size_categories',
      values: { kind: 'list', property: 'size_categories', prefix: 'size_categories:' },
      order: SIZE_CATEGORIES,
    },
    {
      name: 'language',
      parameter: 'language',
      values: { kind: 'list', property: 'language', prefix: 'language:' },
    },
    LICENSE,
  ],
  space: [{ name: 'sdk', parameter: 'filter', values: { kind: 'text', property: 'sdk' } }, LICENSE],
};

/**
 * The parameters of a list without the values that are selected in a facet: its counts show what other values would return.
 */
export const withoutFacet = (query: QueryPairs, rule: FacetRule): QueryPairs =>
  query.flatMap(([name, value]): QueryPairs =>
    name === rule.parameter
      ? value.split(',').flatMap((selected) => (hasValue(rule, selected) ? [] : [[name, selected] as const]))
      : [[name, value]],
  );

/** Whether a selected value is one of a facet. Some facets have the same parameter. */
function hasValue({ name, values }: FacetRule, selected: string): boolean {
  if (name === 'sdk') return SDKS.includes(selected);
  if (values.kind === 'list' && values.only) return values.only.includes(selected);
  return values.kind !== 'text' || !(values.except ?? []).includes(selected);
}

/** Sorts values in the order of the facet, followed by other values. */
export function inFacetOrder<T extends { readonly value: string }>(
  values: readonly T[],
  order: readonly string[] = [],
): T[] {
  const rank = ({ value }: T): number => (order.includes(value) ? order.indexOf(value) : order.length);
  return values.toSorted((left, right) => rank(left) - rank(right));
}
