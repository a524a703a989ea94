import type { ListQuestion } from '../../../domain/list.js';
import type { QueryPairs } from '../../../domain/operation.js';
import type { RepoType } from '../../../domain/repo-id.js';
import { narrowing, pairs } from '../list-request.js';

const EVERYWHERE = ['createdAt', 'lastModified', 'likes', 'private', 'tags', 'trendingScore'];

/** What an entry bears when nothing is asked (contract D.4), and the day it changed. */
const DEFAULT_FIELDS: Readonly<Record<RepoType, readonly string[]>> = {
  model: [...EVERYWHERE, 'downloads', 'gated', 'library_name', 'pipeline_tag'],
  dataset: [...EVERYWHERE, 'author', 'disabled', 'downloads', 'gated'],
  space: [...EVERYWHERE, 'sdk'],
};

/** huggingface.co's parameters. They are descending unless asked otherwise. */
export const huggingFaceListQuery = (question: ListQuestion): QueryPairs => [
  ...narrowing(question),
  ['sort', question.sort],
  ...pairs('direction', question.ascending ? '1' : undefined),
  ['limit', `${question.limit}`],
  ...shape(question),
  ...question.others,
];

/** An entry must bear what it is sorted by, or it could not be merged: a short one lacks the day it changed. */
function shape({ type, sort, shape: { full, cardData, config, fields } }: ListQuestion): QueryPairs {
  if (fields) return pairs('expand', ...new Set([...fields, sort]));
  const also = { full, cardData, config };
  const asked = Object.entries(also).flatMap(([name, wanted]) => pairs(name, wanted ? 'true' : undefined));
  if (sort !== 'lastModified' || full) return asked;
  const more = (['cardData', 'config'] as const).filter((name) => also[name]);
  return pairs('expand', ...DEFAULT_FIELDS[type], ...more);
}
