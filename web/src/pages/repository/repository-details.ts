import { pagePath, type RepoInfo, type RepoType } from '@/api/repositories';
import { formatBytes, formatCompact } from '@/composables/format-numbers';
import { licenseOf } from './repository-tags';

/** A labeled detail; `to` links a value to its page on this hub. */
export interface Detail {
  readonly title: string;
  readonly values: readonly { readonly text: string; readonly to?: string }[];
}

const REPO_ID = /^[\w.-]+(?:\/[\w.-]+)?$/;
const MAX_VALUES = 12;

/** The scalars of a metadata field, which can be a single value or a list. */
const scalars = (value: unknown): string[] =>
  [value]
    .flat()
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map(String);

const linked = (type: RepoType, value: unknown): Detail['values'] =>
  scalars(value).map((id) => (REPO_ID.test(id) ? { text: id, to: pagePath(type, id) } : { text: id }));

const texts = (value: unknown): Detail['values'] => scalars(value).map((text) => ({ text }));

/** A link to the list of models whose cards name this one as their base. */
const derivedModels = ({ id, _source }: RepoInfo): Detail['values'][number] => {
  const query = new URLSearchParams({ filter: `base_model:${id}`, ...(_source !== 'local' && { sources: '1' }) });
  return { text: 'Find', to: `/models?${query}` };
};

/** Numbers that the hub or source does not report are left out. */
const downloadTexts = ({ downloads, downloadsAllTime }: RepoInfo): readonly string[] => [
  ...(downloads === undefined ? [] : [`${formatCompact(downloads)} last month`]),
  ...(downloadsAllTime === undefined ? [] : [`${formatCompact(downloadsAllTime)} all time`]),
];

/**
 * The entries of the details box.
 *
 * @param parameters counted from the weights, used if the hub does not report the number
 */
export function repositoryDetails(type: RepoType, info: RepoInfo, parameters: number | undefined): readonly Detail[] {
  const card = info.cardData ?? {};
  const reported = info.safetensors?.total ?? info.gguf?.total;
  const parametersOf = (count: number | undefined): Detail => ({
    title: 'Parameters',
    values: texts(count === undefined ? undefined : formatCompact(count)),
  });
  const details: readonly Detail[] = [
    parametersOf(reported),
    { title: 'Tensor types', values: texts(Object.keys(info.safetensors?.parameters ?? {})) },
    { title: 'Architecture', values: texts(info.gguf?.architecture) },
    { title: 'License', values: texts(card['license_name'] ?? licenseOf(info)) },
    { title: 'Languages', values: texts(card['language']) },
    { title: 'Library', values: texts(info.library_name) },
    { title: 'SDK', values: texts(info.sdk) },
    { title: 'Base model', values: linked('model', card['base_model']) },
    { title: 'Derived models', values: type === 'model' ? [derivedModels(info)] : [] },
    { title: 'Datasets', values: linked('dataset', card['datasets']) },
    { title: 'Models', values: linked('model', card['models']) },
    { title: 'Downloads', values: texts(downloadTexts(info)) },
    { title: 'Storage', values: texts(info.usedStorage ? formatBytes(info.usedStorage) : undefined) },
    parametersOf(reported === undefined ? parameters : undefined), // Loaded after the other entries, so it is last, where it does not move them.
  ];
  return details
    .filter(({ values }) => values.length > 0)
    .map(({ title, values }) => ({
      title,
      values:
        values.length > MAX_VALUES
          ? [...values.slice(0, MAX_VALUES), { text: `and ${values.length - MAX_VALUES} more` }]
          : values,
    }));
}
