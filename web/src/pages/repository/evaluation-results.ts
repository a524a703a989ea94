/** A result of an evaluation in the metadata of a card (`model-index`). */
export interface EvaluationResult {
  readonly task: string;
  readonly dataset: string;
  readonly metric: string;
  readonly value: string;
  /** Whether the Hub has verified it. */
  readonly isVerified: boolean;
}

const MAX_RESULTS = 100;

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

const nameOf = ({ name, type }: Fields): string => [name, type].find((text) => typeof text === 'string') ?? '';

/** The results in a card. Entries without a value are left out. */
export const evaluationResults = (modelIndex: unknown): readonly EvaluationResult[] =>
  listOf(modelIndex)
    .flatMap(({ results }) => listOf(results))
    .flatMap(({ task, dataset, metrics }) =>
      listOf(metrics).flatMap((metric) => {
        const value = valueText(metric['value']);
        const names = { task: nameOf(fieldsOf(task)), dataset: nameOf(fieldsOf(dataset)), metric: nameOf(metric) };
        return value === undefined ? [] : [{ ...names, value, isVerified: metric['verified'] === true }];
      }),
    )
    .slice(0, MAX_RESULTS);

function valueText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(Number(value.toPrecision(5)));
  return typeof value === 'string' && value !== '' ? value.slice(0, 30) : undefined;
}
