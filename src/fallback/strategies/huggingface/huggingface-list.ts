import { hubExpandFields } from '../../../domain/expand-fields.js';
import type { ListQuery } from '../../../domain/list.js';
import type { QueryPairs } from '../../../domain/query.js';
import type { RepoType } from '../../../domain/repo-id.js';
import { filterQuery } from '../list-requests.js';
import { pairs } from '../requests.js';

const COMMON_FIELDS = ['createdAt', 'lastModified', 'likes', 'private', 'tags', 'trendingScore'];

/** The fields of an entry by default (contract D.4), and the date it changed. */
const DEFAULT_FIELDS: Readonly<Record<RepoType, readonly string[]>> = {
  model: [...COMMON_FIELDS, 'downloads', 'gated', 'library_name', 'pipeline_tag'],
  dataset: [...COMMON_FIELDS, 'author', 'disabled', 'downloads', 'gated'],
  space: [...COMMON_FIELDS, 'sdk'],
};

/** The query of a list on huggingface.co, which sorts in descending order by default. */
export const huggingFaceListQuery = (query: ListQuery): QueryPairs => [
  ...filterQuery(query),
  ['sort', query.sort],
  ...pairs('direction', query.ascending ? '1' : undefined),
  ['limit', `${query.limit}`],
  ...fieldsQuery(query),
  ...query.others,
];

/** Requests the field that the list is sorted by, which merging needs. Short entries have no `lastModified`. */
function fieldsQuery({ type, sort, shape: { full, cardData, config, fields } }: ListQuery): QueryPairs {
  if (fields) return pairs('expand', ...new Set(hubExpandFields(type, [...fields, sort])));
  const flags = { full, cardData, config };
  const query = Object.entries(flags).flatMap(([name, isSet]) => pairs(name, isSet ? 'true' : undefined));
  if (sort !== 'lastModified' || full) return query;
  const requested = (['cardData', 'config'] as const).filter((name) => flags[name]);
  return pairs('expand', ...DEFAULT_FIELDS[type], ...requested);
}
