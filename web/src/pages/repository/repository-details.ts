import { pagePath, type RepoInfo, type RepoType } from '@/api/repositories';
import { byteSize, shortNumber } from '@/composables/numbers';
import { licenseOf } from './repository-tags';

/** One thing to know of a repository; `to` where a value has a page here. */
export interface Detail {
  readonly title: string;
  readonly values: readonly { readonly text: string; readonly to?: string }[];
}

const REPO_ID = /^[\w.-]+(?:\/[\w.-]+)?$/;
const MOST = 12;

/** A card's field as a list of words. */
const words = (value: unknown): string[] =>
  [value]
    .flat()
    .filter((one) => typeof one === 'string' || typeof one === 'number')
    .map(String);

const linked = (type: RepoType, value: unknown): Detail['values'] =>
  words(value).map((id) => (REPO_ID.test(id) ? { text: id, to: pagePath(type, id) } : { text: id }));

const texts = (value: unknown): Detail['values'] => words(value).map((text) => ({ text }));

/** What the card and the hub tell in short. @param parameters counted here where the hub does not tell */
export function repositoryDetails(info: RepoInfo, parameters: number | undefined): readonly Detail[] {
  const card = info.cardData ?? {};
  const told = info.safetensors?.total ?? info.gguf?.total;
  const parametersOf = (count: number | undefined): Detail => ({
    title: 'Parameters',
    values: texts(count === undefined ? undefined : shortNumber(count)),
  });
  const facts: readonly Detail[] = [
    parametersOf(told),
    { title: 'Tensor types', values: texts(Object.keys(info.safetensors?.parameters ?? {})) },
    { title: 'Architecture', values: texts(info.gguf?.architecture) },
    { title: 'License', values: texts(card['license_name'] ?? licenseOf(info)) },
    { title: 'Languages', values: texts(card['language']) },
    { title: 'Library', values: texts(info.library_name) },
    { title: 'SDK', values: texts(info.sdk) },
    { title: 'Base model', values: linked('model', card['base_model']) },
    { title: 'Trained on', values: linked('dataset', card['datasets']) },
    { title: 'Uses models', values: linked('model', card['models']) },
    { title: 'Storage', values: texts(info.usedStorage ? byteSize(info.usedStorage) : undefined) },
    parametersOf(told === undefined ? parameters : undefined), // comes late: nothing below it has to move
  ];
  return facts
    .filter(({ values }) => values.length > 0)
    .map(({ title, values }) => ({
      title,
      values: values.length > MOST ? [...values.slice(0, MOST), { text: `and ${values.length - MOST} more` }] : values,
    }));
}
