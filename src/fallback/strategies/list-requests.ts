import type { ListQuestion } from '../../domain/list.js';
import type { QueryPairs } from '../../domain/query.js';
import { pairs } from './requests.js';

/** The filters of a list, with the same parameters in the dialects of huggingface.co and KohakuHub. */
export const filterQuery = (question: ListQuestion): QueryPairs => [
  ...pairs('author', question.author),
  ...pairs('search', ...question.search),
  ...pairs('filter', ...question.filters),
  ...pairs('pipeline_tag', question.pipelineTag),
];
