import { gateFieldNames } from '../../domain/gate-form.js';
import type { RepoType } from '../../domain/repo-id.js';

/** A card's front matter as parsed from YAML. */
export type CardData = Readonly<Record<string, unknown>>;

/** The metadata of a card, as stored and served. */
export interface CardMetadata {
  readonly cardData: CardData | null;
  /** The reason why the metadata could not be parsed; null if there was no problem. */
  readonly cardWarning: string | null;
  /** Names of the fields in the form of a gated repository, in the order of the card; null without a form. */
  readonly gateFields: string[] | null;
  readonly tags: string[];
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  /** The first license if a card has several. */
  readonly license: string | null;
}

/** The metadata of a card, and its text for the full-text search. */
export interface StoredCard extends CardMetadata {
  readonly text?: string;
}

/** Properties of the repository that also determine the tags. */
export interface CardContext {
  readonly type: RepoType;
  /** SDK of a space at its creation. The card's `sdk` takes precedence. */
  readonly sdk: string | null;
}

const MAX_LENGTH = 100;
const MAX_TAGS = 500;

/** Fields of dataset cards that huggingface.co turns into tags with the field name as prefix. */
const DATASET_FIELDS = [
  'task_categories',
  'task_ids',
  'annotations_creators',
  'language_creators',
  'language',
  'multilinguality',
  'source_datasets',
  'license',
  'size_categories',
];

/** The metadata of a card that could be parsed. */
export function cardMetadata(context: CardContext, data: CardData): CardMetadata {
  const cardData = Object.keys(data).length === 0 ? null : data;
  return {
    cardData,
    cardWarning: null,
    gateFields: gateFieldNames(data),
    tags: cardTags(context, data),
    pipelineTag: singleText(data['pipeline_tag']),
    libraryName: singleText(data['library_name']),
    license: texts(data['license'])[0] ?? null,
  };
}

/** The metadata of a card without front matter, or whose front matter cannot be parsed. */
export const emptyCardMetadata = (context: CardContext, warning: string | null): CardMetadata => ({
  ...cardMetadata(context, {}),
  cardWarning: warning,
});

function cardTags({ type, sdk }: CardContext, data: CardData): string[] {
  const from = (field: string, prefix = ''): string[] => texts(data[field]).map((text) => prefix + text);
  const tags = {
    model: () => [
      ...from('library_name'),
      ...from('pipeline_tag'),
      ...from('tags'),
      ...from('language'),
      ...from('datasets', 'dataset:'),
      ...baseModels(data),
      ...from('license', 'license:'),
    ],
    dataset: () => [...DATASET_FIELDS.flatMap((field) => from(field, `${field}:`)), ...from('tags')],
    space: () => [singleText(data['sdk']) ?? sdk ?? '', ...from('tags'), ...from('license', 'license:')],
  }[type]();
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, MAX_TAGS);
}

/** Each base model, and again with its relation if the card has one: `base_model:quantized:org/model`. */
function baseModels(data: CardData): string[] {
  const models = texts(data['base_model']);
  const relation = singleText(data['base_model_relation']);
  const related = relation === null ? [] : models.map((model) => `base_model:${relation}:${model}`);
  return [...models.map((model) => `base_model:${model}`), ...related];
}

const singleText = (value: unknown): string | null => (typeof value === 'string' ? (texts(value)[0] ?? null) : null);

/** The texts of a value or a list of values. Ignores values that are neither strings nor numbers, and texts too long to be a name. */
function texts(value: unknown): string[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value])
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map((item) => String(item).trim())
    .filter((text) => text !== '' && text.length <= MAX_LENGTH);
}
