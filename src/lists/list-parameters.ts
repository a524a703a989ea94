import { HubError } from '../domain/hub-error.js';
import type { ListQuery, ListSort } from '../domain/list.js';
import type { QueryPairs } from '../domain/query.js';
import type { RepoType } from '../domain/repo-id.js';
import { forwardableQuery, containsToken } from '../domain/forward-query.js';
import { expandFields, flag, parameter } from '../domain/query-flags.js';
import { checkExpandFields } from '../domain/expand-fields.js';
import { filterNames, propertyFilters, tagFilters } from './list-filters.js';

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
]);

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
/** Entries with file lists are large, and each needs separate queries. */
const MAX_LIMIT_WITH_FILES = 100;
const MAX_TEXT_LENGTH = 500;

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
  checkNames(type, query);
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
    sort: parseSort(text(query, 'sort')),
    ascending: parseDirection(text(query, 'direction')),
    limit: Math.min(parseLimit(text(query, 'limit')), maxLimit),
    shape: { full, cardData: flag(query, 'cardData'), config, ...(fields && { fields: [...fields] }) },
    ...propertyFilters(type, query),
    others: forwardableQuery('list', query).filter(([name]) => !COMMON_PARAMETERS.includes(name)),
  };
}

/** Refuses unknown filters, which would otherwise return repositories that do not match. */
function checkNames(type: RepoType, query: QueryPairs): void {
  const known = [...COMMON_PARAMETERS, ...filterNames(type)];
  for (const [name, value] of query) {
    if (!known.includes(name)) {
      const shown = containsToken(name) ? 'access token' : name.slice(0, 100);
      throw invalid(shown, `is not a parameter of lists of ${type}s. The parameters are: ${known.join(', ')}.`);
    }
    if (name !== 'cursor') validText(name, value);
  }
  const gated = parameter(query, 'gated') ?? '';
  if (!/^(?:|true|false|1|0|auto|manual)$/i.test(gated)) throw invalid('gated', 'must be true, false, auto or manual');
}

function parseSort(sort: string | undefined): ListSort {
  const field = SORTS.get(sort ?? 'trendingScore');
  if (field) return field;
  throw invalid('sort', `must be one of ${[...SORTS.keys()].join(', ')}`);
}

/** @returns whether the order is ascending */
function parseDirection(direction: string | undefined): boolean {
  if (direction === undefined || direction === '-1') return false;
  if (direction === '1') return true;
  throw invalid('direction', 'must be -1 (descending) or 1 (ascending)');
}

function parseLimit(limit: string | undefined): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  const number = /^\d{1,15}$/.test(limit) ? Number(limit) : 0;
  if (number >= 1) return number;
  throw invalid('limit', 'must be a whole number of at least 1');
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

function validText(name: string, value: string): string {
  if (value.length > MAX_TEXT_LENGTH) throw invalid(name, `must have at most ${MAX_TEXT_LENGTH} characters`);
  if (containsToken(value))
    throw invalid(name, 'must not contain an access token. Send it in the Authorization header.');
  if (/\0|\p{Cs}/u.test(value)) throw invalid(name, 'must be valid Unicode without NUL characters');
  return value;
}

const invalid = (field: string, message: string): HubError =>
  new HubError('BadRequest', `Invalid parameter "${field}": ${message}`, { fields: [{ field, message }] });
