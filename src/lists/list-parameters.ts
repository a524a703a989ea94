import {
  checkNames,
  checkParameters,
  checkText,
  invalidParameter as invalid,
  type ParameterRules,
} from '../domain/check-parameters.js';
import type { ListQuery, ListSort, SourceSort } from '../domain/list.js';
import type { QueryPairs } from '../domain/query.js';
import type { RepoType } from '../domain/repo-id.js';
import { forwardableQuery } from '../domain/forward-query.js';
import { expandFields, flag, parameter } from '../domain/query-flags.js';
import { checkExpandFields } from '../domain/expand-fields.js';
import { filterNames, parameterRange, propertyFilters, tagFilters } from './list-filters.js';

/** Values of `sort` that huggingface.co, its clients and KohakuHub use, with the field to sort by. */
const SORTS: ReadonlyMap<string, ListSort> = new Map([
  ['lastModified', 'lastModified'],
  ['last_modified', 'lastModified'],
  ['updated', 'lastModified'],
  ['createdAt', 'createdAt'],
  ['created_at', 'createdAt'],
  ['recent', 'createdAt'],
  ['trendingScore', 'trendingScore'],
  ['trending_score', 'trendingScore'],
  ['trending', 'trendingScore'],
  ['downloads', 'downloads'],
  ['likes', 'likes'],
  ['id', 'id'],
  ['likes30d', 'likes30d'],
]);

/** Further values of `sort` that the JavaScript client has, by type. */
const SORTS_OF_TYPE: Readonly<Record<RepoType, readonly SourceSort[]>> = {
  model: ['num_parameters', 'mainSize'],
  dataset: ['mainSize', 'datasetsServerInfo.numRows'],
  space: ['mainSize'],
};

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
/** Entries with file lists are large, and each needs separate queries. */
const MAX_LIMIT_WITH_FILES = 100;
const MAX_TEXT_LENGTH = 500;

const RULES: ParameterRules = {
  flags: ['full', 'cardData', 'config', 'fetch_config', 'linked'],
  counts: ['limit'],
  single: ['author', 'pipeline_tag', 'sort', 'direction', 'cursor', 'fallback', 'gated', 'num_parameters', 'inference'],
};

/** Parameters of all lists. */
const COMMON_PARAMETERS: readonly string[] = [
  'author',
  'search',
  'filter',
  'pipeline_tag',
  'sort',
  'direction',
  'limit',
  'cursor',
  'fallback',
  'full',
  'cardData',
  'config',
  'fetch_config',
  'expand',
  'expand[]',
];

/**
 * Parses and validates the parameters of a list request (contract A.8). A limit above the maximum page size is not an error, since Python
 * clients send the total number of entries that they want.
 *
 * @throws HubError `BadRequest` with the parameter's name
 */
export function parseListParameters(type: RepoType, query: QueryPairs): ListQuery {
  checkFilters(type, query);
  const config = flag(query, 'config') || flag(query, 'fetch_config');
  const fields = expandFields(query);
  if (fields) checkExpandFields(type, fields);
  const full = flag(query, 'full');
  const maxLimit = fields?.has('siblings') || (full && !fields) ? MAX_LIMIT_WITH_FILES : MAX_LIMIT;
  const author = text(query, 'author');
  const pipelineTag = text(query, 'pipeline_tag');
  return {
    type,
    ...(author !== undefined && { author: checkedAuthor(author) }),
    search: texts(query, 'search'),
    filters: [
      ...new Set([...texts(query, 'filter').flatMap((value) => value.split(',')), ...tagFilters(type, query)]),
    ].filter((tag) => tag !== ''),
    ...(pipelineTag !== undefined && { pipelineTag }),
    sort: parseSort(type, text(query, 'sort')),
    ascending: parseDirection(text(query, 'direction')),
    limit: Math.min(Number(text(query, 'limit') ?? DEFAULT_LIMIT), maxLimit),
    shape: { full, cardData: flag(query, 'cardData'), config, ...(fields && { fields: [...fields] }) },
    ...propertyFilters(type, query),
    others: forwardableQuery('list', query).filter(([name]) => !COMMON_PARAMETERS.includes(name)),
  };
}

/** An unknown filter would return repositories that do not match. */
function checkFilters(type: RepoType, query: QueryPairs): void {
  checkNames(query, [...COMMON_PARAMETERS, ...filterNames(type)], `lists of ${type}s`);
  for (const [name, value] of query) if (name !== 'cursor') validText(name, value);
  checkParameters(query, RULES);
  const gated = parameter(query, 'gated') ?? '';
  if (!/^(?:|true|false|1|0|auto|manual)$/i.test(gated)) throw invalid('gated', 'must be true, false, auto or manual');
  const size = parameter(query, 'num_parameters') ?? '';
  if (size !== '' && !parameterRange(size))
    throw invalid('num_parameters', 'must be a range with "min", "max" or both, such as min:6B,max:128B');
}

function parseSort(type: RepoType, sort: string | undefined): ListSort {
  const field = SORTS.get(sort ?? 'trendingScore') ?? SORTS_OF_TYPE[type].find((name) => name === sort);
  if (field) return field;
  throw invalid('sort', `must be one of ${[...SORTS.keys(), ...SORTS_OF_TYPE[type]].join(', ')}`);
}

/** @returns whether the order is ascending */
function parseDirection(direction: string | undefined): boolean {
  if (direction === undefined || direction === '-1') return false;
  if (direction === '1') return true;
  throw invalid('direction', 'must be -1 (descending) or 1 (ascending)');
}

function checkedAuthor(author: string): string {
  if (/^[\w.-]{1,96}$/.test(author)) return author;
  throw invalid('author', 'must be the name of a user or organization');
}

/** The last value of a parameter; `undefined` if it is empty. */
const text = (query: QueryPairs, name: string): string | undefined => {
  const value = parameter(query, name);
  return value === undefined || value === '' ? undefined : validText(name, value);
};

const texts = (query: QueryPairs, name: string): string[] =>
  query.filter(([key, value]) => key === name && value !== '').map(([, value]) => validText(name, value));

const validText = (name: string, value: string): string => checkText(name, value, MAX_TEXT_LENGTH);
