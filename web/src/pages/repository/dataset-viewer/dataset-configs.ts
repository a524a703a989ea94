import { globMatcher } from '../../../../../src/domain/match-glob.js';
import { StepBudget } from '../../../../../src/domain/pattern-matcher.js';

/** A split of a configuration, with the paths of its files. */
export interface Split {
  readonly name: string;
  readonly paths: readonly string[];
}

/** A configuration (subset) of a dataset. */
export interface DatasetConfig {
  readonly name: string;
  readonly splits: readonly Split[];
}

const FORMATS = [/\.(?:parquet|pq)$/i, /\.(?:jsonl|ndjson)$/i, /\.csv$/i, /\.tsv$/i, /\.json$/i];
/** Files with facts about the dataset instead of rows. */
const METADATA = /(?:^|\/)(?:dataset_infos?|dataset_dict|state|config|\.[^/]*)\.json$/i;
const MAX_CONFIGS = 200;
const MAX_PATTERNS = 100;
/** Steps of comparing paths with patterns, about a second. A hostile card can have any patterns. */
const MAX_STEPS = 30_000_000;

/** Words in paths that name a split, as the `datasets` library finds them. */
const KEYWORDS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['validation', /(?:^|[-._ \d/])(?:validation|valid|dev|val)(?:[-._ \d/]|$)/i],
  ['test', /(?:^|[-._ \d/])(?:testing|test|eval|evaluation)(?:[-._ \d/]|$)/i],
  ['train', /(?:^|[-._ \d/])(?:training|train)(?:[-._ \d/]|$)/i],
];
const SHARDED = /(?:^|\/)([\w.]+?)-\d{5}-of-\d{5}(?:-[\w-]+)?\.\w+$/;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The configurations of a dataset, with those splits that have files.
 *
 * @param configs - `configs` of the card: https://huggingface.co/docs/hub/datasets-manual-configuration
 * @param paths - all files of the dataset
 */
export function configsOf(configs: unknown, paths: readonly string[]): DatasetConfig[] {
  const data = paths.filter((path) => FORMATS.some((format) => format.test(path)) && !METADATA.test(path));
  const listed = Array.isArray(configs) ? configs.filter(isRecord).slice(0, MAX_CONFIGS) : [];
  const budget = new StepBudget(MAX_STEPS);
  const named = listed
    .filter((config) => config['data_files'] !== undefined || config['data_dir'] !== undefined)
    .sort((a, b) => Number(b['default'] === true) - Number(a['default'] === true))
    .map((config) => ({ name: nameOf(config), splits: splitsOf(config, { data, budget }) }))
    .filter(({ splits }) => splits.length > 0);
  if (named.length > 0) return named;
  const splits = splitsByName(ofOneFormat(data));
  return splits.length > 0 ? [{ name: 'default', splits }] : [];
}

const nameOf = ({ config_name: name }: Record<string, unknown>): string =>
  typeof name === 'string' && name !== '' ? name.slice(0, 200) : 'default';

/** Paths of files with rows. */
interface Candidates {
  readonly data: readonly string[];
  readonly budget: StepBudget;
}

function splitsOf(config: Record<string, unknown>, { data, budget }: Candidates): Split[] {
  const folder = typeof config['data_dir'] === 'string' ? relativePath(config['data_dir']) : '';
  const below = folder === '' ? data : data.filter((path) => path.startsWith(`${folder}/`));
  const files = config['data_files'];
  const find = (patterns: unknown): string[] =>
    matching(inFolder(patternsOf(patterns), folder), { data: below, budget });
  if (files === undefined) return splitsByName(ofOneFormat(below));
  if (Array.isArray(files) && files.some(isRecord))
    return files.filter(isRecord).flatMap(({ split, path }) => {
      const found = find(path);
      return found.length > 0
        ? [{ name: typeof split === 'string' ? split.slice(0, 200) : 'train', paths: found }]
        : [];
    });
  const found = find(files);
  return found.length > 0 ? splitsByName(found) : [];
}

const patternsOf = (value: unknown): string[] =>
  [value]
    .flat()
    .filter((pattern): pattern is string => typeof pattern === 'string' && pattern.length <= 500)
    .slice(0, MAX_PATTERNS);

/** Without `./` and slashes at the ends. */
const relativePath = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');

/** Patterns from the root of the repository. A folder with any name may also be none. */
const inFolder = (patterns: readonly string[], folder: string): string[] =>
  patterns.flatMap((pattern) => {
    const relative = relativePath(pattern);
    const whole = folder === '' ? relative : `${folder}/${relative}`;
    return [...new Set([whole, whole.replaceAll('**/', '')])];
  });

function matching(globs: readonly string[], { data, budget }: Candidates): string[] {
  const matchers = globs.map(globMatcher);
  try {
    return data.filter((path) => matchers.some((matches) => matches(path, budget)));
  } catch {
    return []; // the budget is used up
  }
}

/** The `datasets` library reads the files of the most frequent format. */
function ofOneFormat(paths: readonly string[]): string[] {
  const groups = FORMATS.map((format) => paths.filter((path) => format.test(path)));
  return groups.reduce((most, group) => (group.length > most.length ? group : most), []);
}

/** Splits by the names of files and folders. */
export function splitsByName(paths: readonly string[]): Split[] {
  const splits = new Map<string, string[]>();
  const isSharded = paths.length > 0 && paths.every((path) => SHARDED.test(path));
  for (const path of paths) {
    const name = isSharded ? SHARDED.exec(path)![1]! : (keywordOf(path) ?? 'train');
    splits.set(name, [...(splits.get(name) ?? []), path]);
  }
  return [...splits].map(([name, found]) => ({ name, paths: found })).sort((a, b) => rank(a.name) - rank(b.name));
}

/** The file name decides; without a word there, a folder does. */
function keywordOf(path: string): string | undefined {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const nameIn = (text: string): string | undefined => KEYWORDS.find(([, pattern]) => pattern.test(text))?.[0];
  return nameIn(file) ?? nameIn(path);
}

const ORDER = ['train', 'validation', 'test'];
const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
