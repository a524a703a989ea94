import type { RepoType } from '../../domain/repo-id.js';

/** Metadata as a card's author wrote it: whatever YAML can say. */
export type CardData = Readonly<Record<string, unknown>>;

/** What a card says of its repository, in the form in which it is kept and shown. */
export interface CardMetadata {
  readonly cardData: CardData | null;
  /** Why the metadata could not be read. */
  readonly cardWarning: string | null;
  readonly tags: string[];
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  /** The first, where a card names several. */
  readonly license: string | null;
}

/** What tags also depend on. */
export interface CardSubject {
  readonly type: RepoType;
  /** A space's runtime as it was created; the card's own wins. */
  readonly sdk: string | null;
}

const LONGEST = 100;
const MOST_TAGS = 500;

/** Fields of a dataset's card whose values huggingface.co shows as tags with the field's name in front. */
const DATASET_FIELDS = [
  ...['task_categories', 'task_ids', 'annotations_creators', 'language_creators', 'language', 'multilinguality'],
  ...['source_datasets', 'license', 'size_categories'],
];

/** A card that was read. */
export function cardMetadata(subject: CardSubject, data: CardData): CardMetadata {
  const cardData = Object.keys(data).length === 0 ? null : data;
  return {
    ...{ cardData, cardWarning: null, tags: cardTags(subject, data) },
    pipelineTag: word(data['pipeline_tag']),
    libraryName: word(data['library_name']),
    license: texts(data['license'])[0] ?? null,
  };
}

/** A card whose metadata cannot be used, or none at all. */
export const emptyCardMetadata = (subject: CardSubject, warning: string | null): CardMetadata => ({
  ...cardMetadata(subject, {}),
  cardWarning: warning,
});

function cardTags({ type, sdk }: CardSubject, data: CardData): string[] {
  const from = (field: string, prefix = ''): string[] => texts(data[field]).map((text) => prefix + text);
  const tags = {
    model: () => [
      ...[...from('library_name'), ...from('pipeline_tag'), ...from('tags'), ...from('language')],
      ...[...from('datasets', 'dataset:'), ...baseModels(data), ...from('license', 'license:')],
    ],
    dataset: () => [...DATASET_FIELDS.flatMap((field) => from(field, `${field}:`)), ...from('tags')],
    space: () => [word(data['sdk']) ?? sdk ?? '', ...from('tags'), ...from('license', 'license:')],
  }[type]();
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, MOST_TAGS);
}

/** Plainly, and once more with the relation where the card tells it: `base_model:quantized:o/m`. */
function baseModels(data: CardData): string[] {
  const models = texts(data['base_model']);
  const relation = word(data['base_model_relation']);
  const related = relation === null ? [] : models.map((model) => `base_model:${relation}:${model}`);
  return [...models.map((model) => `base_model:${model}`), ...related];
}

const word = (value: unknown): string | null => (typeof value === 'string' ? (texts(value)[0] ?? null) : null);

/** One value or a list of them; what is neither text nor a number says nothing, nor does a text too long to be a name. */
function texts(value: unknown): string[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value])
    .filter((one) => typeof one === 'string' || typeof one === 'number')
    .map((one) => String(one).trim())
    .filter((text) => text !== '' && text.length <= LONGEST);
}
