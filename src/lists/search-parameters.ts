import { checkNames, checkParameters, checkText, invalidParameter } from '../domain/check-parameters.js';
import { parameter } from '../domain/query-flags.js';
import type { QueryPairs } from '../domain/query.js';

const TYPES = ['model', 'dataset', 'space', 'user', 'org'] as const;
/** Other values that the Hub accepts. This hub has no papers and no collections, so none are found. */
const OTHER_TYPES: readonly string[] = ['paper', 'collection', 'all'];
export type SearchedType = (typeof TYPES)[number];

export interface SearchQuery {
  readonly text: string;
  readonly types: readonly SearchedType[];
  /** Results of each group. */
  readonly limit: number;
}

const PARAMETERS: readonly string[] = ['q', 'type', 'limit', 'fallback'];
const MAX_TEXT = 200;
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 50;

/** @throws HubError `BadRequest` with the parameter's name */
export function parseSearch(query: QueryPairs): SearchQuery {
  checkNames(query, PARAMETERS, 'the search');
  checkParameters(query, { counts: ['limit'], single: ['q', 'limit', 'fallback'] });
  const limit = Number(parameter(query, 'limit') || DEFAULT_LIMIT);
  return { text: searchText(query), types: searchedTypes(query), limit: Math.min(limit, MAX_LIMIT) };
}

function searchText(query: QueryPairs): string {
  const text = (parameter(query, 'q') ?? '').trim();
  if (text === '') throw invalidParameter('q', 'is missing. Send the text to search for.');
  return checkText('q', text, MAX_TEXT);
}

function searchedTypes(query: QueryPairs): readonly SearchedType[] {
  const wanted = query
    .filter(([name, value]) => name === 'type' && value !== '')
    .flatMap(([, value]) => value.split(','));
  const unknown = wanted.find((type) => ![...TYPES, ...OTHER_TYPES].includes(type));
  if (unknown !== undefined) throw invalidParameter('type', `must be one of ${TYPES.join(', ')}`);
  return wanted.length === 0 || wanted.includes('all') ? TYPES : TYPES.filter((type) => wanted.includes(type));
}
