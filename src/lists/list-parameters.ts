import { HubError } from '../domain/hub-error.js';
import type { ListQuestion, ListSort } from '../domain/list.js';
import type { QueryPairs } from '../domain/operation.js';
import type { RepoType } from '../domain/repo-id.js';
import { forwardableQuery, holdsToken } from '../domain/forward-query.js';
import { expandFields, flag, parameter } from '../domain/query-flags.js';

/** huggingface.co's words in the spellings that clients use, and KohakuHub's. */
const SORTS: ReadonlyMap<string, ListSort> = new Map([
  ...(['lastModified', 'last_modified', 'updated'] as const).map((word) => [word, 'lastModified'] as const),
  ...(['createdAt', 'created_at', 'recent'] as const).map((word) => [word, 'createdAt'] as const),
  ...(['trendingScore', 'trending_score', 'trending'] as const).map((word) => [word, 'trendingScore'] as const),
  ['downloads', 'downloads'],
  ['likes', 'likes'],
]);

const DEFAULT_LIMIT = 100;
const MOST = 1000;
/** Entries that list their files are long, and made one by one. */
const MOST_WITH_FILES = 100;

const LONGEST_TEXT = 500;

const UNDERSTOOD: ReadonlySet<string> = new Set([
  ...['author', 'search', 'filter', 'pipeline_tag', 'sort', 'direction', 'limit', 'cursor', 'fallback'],
  ...['full', 'cardData', 'config', 'fetch_config', 'expand', 'expand[]'],
]);

/**
 * What a list's parameters mean (contract A.8). A limit above what a page may have is not wrong: Python's clients send the number of
 * entries that they want in all.
 *
 * @throws HubError `BadRequest`, with the parameter's name
 */
export function parseListParameters(type: RepoType, query: QueryPairs): ListQuestion {
  const config = flag(query, 'config') || flag(query, 'fetch_config');
  const fields = expandFields(query);
  const full = flag(query, 'full');
  const most = fields?.has('siblings') || (full && !fields) ? MOST_WITH_FILES : MOST;
  const author = text(query, 'author');
  const pipelineTag = text(query, 'pipeline_tag');
  return {
    type,
    ...(author !== undefined && { author: checkedAuthor(author) }),
    search: texts(query, 'search'),
    filters: [...new Set(texts(query, 'filter').flatMap((value) => value.split(',')))].filter((tag) => tag !== ''),
    ...(pipelineTag !== undefined && { pipelineTag }),
    sort: sortOf(text(query, 'sort')),
    ascending: isAscending(text(query, 'direction')),
    limit: Math.min(limitOf(text(query, 'limit')), most),
    shape: { full, cardData: flag(query, 'cardData'), config, ...(fields && { fields: [...fields] }) },
    others: forwardableQuery(query).filter(([name]) => !UNDERSTOOD.has(name)),
  };
}

function sortOf(word: string | undefined): ListSort {
  const sort = SORTS.get(word ?? 'trendingScore');
  if (sort) return sort;
  throw wrong('sort', `is none of ${[...SORTS.keys()].join(', ')}`);
}

function isAscending(direction: string | undefined): boolean {
  if (direction === undefined || direction === '-1') return false;
  if (direction === '1') return true;
  throw wrong('direction', 'is neither -1 (descending) nor 1 (ascending)');
}

function limitOf(limit: string | undefined): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  const number = /^\d{1,15}$/.test(limit) ? Number(limit) : 0;
  if (number >= 1) return number;
  throw wrong('limit', 'is not a whole number from 1');
}

function checkedAuthor(author: string): string {
  if (/^[\w.-]{1,96}$/.test(author)) return author;
  throw wrong('author', 'is not the name of a user or organization');
}

/** The last value counts; an empty one is none. */
const text = (query: QueryPairs, name: string): string | undefined => {
  const value = parameter(query, name);
  return value === undefined || value === '' ? undefined : checked(name, value);
};

const texts = (query: QueryPairs, name: string): string[] =>
  query.filter(([asked, value]) => asked === name && value !== '').map(([, value]) => checked(name, value));

function checked(name: string, value: string): string {
  if (value.length > LONGEST_TEXT) throw wrong(name, `is longer than ${LONGEST_TEXT} characters`);
  if (holdsToken(value)) throw wrong(name, 'looks like an access token, which belongs into the Authorization header');
  if (/\0|\p{Cs}/u.test(value)) throw wrong(name, 'has characters that are none');
  return value;
}

const wrong = (field: string, message: string): HubError =>
  new HubError('BadRequest', `The parameter "${field}" ${message}`, { fields: [{ field, message }] });
