import type { ListOperation } from '../../domain/hub-operation.js';
import type { ListQuestion } from '../../domain/list.js';
import type { QueryPairs } from '../../domain/operation.js';
import type { UpstreamRequest } from '../../domain/upstream.js';

/** How a page of a list is asked for: the question's parameters, and the source's own of this page in place of those. */
export const planList = ({ question, page }: Pick<ListOperation, 'question' | 'page'>, query: QueryPairs) =>
  planPage(['api', `${question.type}s`], query, page);

/** The same at any address. */
export function planPage(segments: readonly string[], query: QueryPairs, page: QueryPairs): UpstreamRequest {
  const named = new Set(page.map(([name]) => name));
  return {
    method: 'GET',
    segments,
    query: [...query.filter(([name]) => !named.has(name)), ...page],
    expects: 'json',
    follow: 'always',
  };
}

/** What narrows a list: the same parameters in both dialects. */
export const narrowing = (question: ListQuestion): QueryPairs => [
  ...pairs('author', question.author),
  ...pairs('search', ...question.search),
  ...pairs('filter', ...question.filters),
  ...pairs('pipeline_tag', question.pipelineTag),
];

/** One pair for each value that there is. */
export const pairs = (name: string, ...values: readonly (string | undefined)[]): QueryPairs =>
  values.flatMap((value) => (value === undefined ? [] : [[name, value] as const]));
