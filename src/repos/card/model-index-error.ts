import type { CardData } from './card-metadata.js';

/** The first problem of a card's evaluation results (`model-index`), which huggingface.co refuses as well; `undefined` without a problem. */
export function modelIndexError(data: CardData): string | undefined {
  const index = data['model-index'] ?? undefined;
  if (index === undefined) return undefined;
  if (!Array.isArray(index)) return '"model-index" must be a list of models, each with a "name" and a list "results".';
  return index.map(entryError).find((error) => error !== undefined);
}

function entryError(entry: unknown, position: number): string | undefined {
  const where = `"model-index[${position}]`;
  if (!isMapping(entry) || typeof entry['name'] !== 'string' || !Array.isArray(entry['results']))
    return `${where}" must have a "name" and a list "results".`;
  const wrong = entry['results'].findIndex((result) => !isMapping(result));
  return wrong < 0 ? undefined : `${where}.results[${wrong}]" must have a "task", a "dataset" and "metrics".`;
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
