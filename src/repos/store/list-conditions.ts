import type { ListQuery } from '../../domain/list.js';
import { searchQuery } from '../../domain/search-words.js';
import type { ReadableRepos } from '../../users/readable-repos.js';
import { visibleTo } from './visible-to.js';

export type BindParameter = (value: unknown) => string;

/** The number of parameters that the files of a model show; NULL if it is not known. */
export const PARAMETERS = `(r.file_metadata->>'parameters')::numeric`;

/** The repositories of a list, on all pages. */
export interface ListScope {
  readonly query: ListQuery;
  /** The private repositories that are included. */
  readonly readable: ReadableRepos;
  /** Id of the account of `query.author`. */
  readonly owner?: number | undefined;
}

/** The conditions for the repositories `r` of a list. */
export function listConditions({ query, readable, owner }: ListScope, bind: BindParameter): string[] {
  const { search, filters, pipelineTag } = query;
  const terms = searchQuery(search);
  return [
    `r.type = ${bind(query.type)}`,
    'r.disabled_at IS NULL',
    visibleTo(readable, bind),
    ...(owner === undefined ? [] : [`r.owner_id = ${bind(owner)}`]),
    ...(pipelineTag === undefined ? [] : [`r.pipeline_tag = ${bind(pipelineTag)}`]),
    ...usesConditions(query, bind),
    ...gatedConditions(query, bind),
    ...sizeConditions(query, bind),
    ...(filters.length === 0 ? [] : [`r.tags @> ${bind(filters)}::text[]`]),
    ...(terms === undefined ? [] : [`r.words @@ ${bind(terms)}::tsquery`]),
  ];
}

function gatedConditions({ gated }: ListQuery, bind: BindParameter): string[] {
  if (gated === undefined) return [];
  if (typeof gated === 'boolean') return [`r.gated IS ${gated ? 'NOT ' : ''}NULL`];
  return [`r.gated = ${bind(gated)}`];
}

function sizeConditions({ parameters }: ListQuery, bind: BindParameter): string[] {
  if (!parameters) return [];
  const { min = 0, max } = parameters;
  return [
    `${PARAMETERS} >= ${bind(min)}::numeric`,
    ...(max === undefined ? [] : [`${PARAMETERS} < ${bind(max)}::numeric`]),
  ];
}

/** Cards list what a space uses. The operator finds a value in a list, or the value itself. */
function usesConditions({ uses }: ListQuery, bind: BindParameter): string[] {
  if (!uses) return [];
  const used = (['models', 'datasets'] as const).filter((kind) => uses[kind].length > 0);
  return [
    ...used.map((kind) => `r.card_data->'${kind}' ?| ${bind(uses[kind])}::text[]`),
    ...(uses.linked ? [`r.card_data ?| '{models,datasets}'::text[]`] : []),
  ];
}
