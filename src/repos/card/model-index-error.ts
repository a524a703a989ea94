import type { CardData } from './card-metadata.js';

/** The first problem of a card's evaluation results (`model-index`), which huggingface.co refuses as well; `undefined` without a problem. */
export function modelIndexError(data: CardData): string | undefined {
  const index = data['model-index'] ?? undefined;
  if (index === undefined) return undefined;
  if (!Array.isArray(index)) return '"model-index" must be a list of models, each with a "name" and a list "results".';
  return firstError(index, entryError);
}

function entryError(entry: unknown, position: number): string | undefined {
  const where = `model-index[${position}]`;
  if (!isMapping(entry) || typeof entry['name'] !== 'string' || !Array.isArray(entry['results']))
    return `"${where}" must have a "name" and a list "results".`;
  return firstError(entry['results'], (result, n) => resultError(result, `${where}.results[${n}]`));
}

/** The fields that clients read of each result (`model_index_to_eval_results` of huggingface_hub). */
function resultError(result: unknown, where: string): string | undefined {
  if (
    !isMapping(result) ||
    !isMapping(result['task']) ||
    !isMapping(result['dataset']) ||
    !Array.isArray(result['metrics'])
  )
    return `"${where}" must have a "task", a "dataset" and a list "metrics".`;
  const { task, dataset, metrics } = result as Readonly<Record<'task' | 'dataset', Mapping>> & {
    readonly metrics: unknown[];
  };
  if (!isText(task['type'])) return `"${where}.task" must have a "type".`;
  if (!isText(dataset['type']) || !isText(dataset['name']))
    return `"${where}.dataset" must have a "type" and a "name".`;
  return firstError(metrics, (metric, n) => metricError(metric, `${where}.metrics[${n}]`));
}

const metricError = (metric: unknown, where: string): string | undefined =>
  isMapping(metric) && isText(metric['type']) && metric['value'] !== undefined
    ? undefined
    : `"${where}" must have a "type" and a "value".`;

function firstError(
  items: readonly unknown[],
  check: (item: unknown, n: number) => string | undefined,
): string | undefined {
  for (const [n, item] of items.entries()) {
    const error = check(item, n);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** YAML reads some names as numbers. */
const isText = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
