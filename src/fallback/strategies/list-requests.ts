import type { ListQuery } from '../../domain/list.js';
import type { QueryPairs } from '../../domain/query.js';
import { pairs } from './requests.js';

/** The filters of a list, whose parameters are the same on huggingface.co and KohakuHub. */
export const filterQuery = (query: ListQuery): QueryPairs => [
  ...pairs('author', query.author),
  ...pairs('search', ...query.search),
  ...pairs('filter', ...query.filters),
  ...pairs('pipeline_tag', query.pipelineTag),
];
