import { checkParameters, invalidParameter } from '../domain/check-parameters.js';
import { containsToken } from '../domain/forward-query.js';
import { parameter } from '../domain/query-flags.js';
import type { QueryPairs } from '../domain/query.js';

/** Values of `type` on the Hub. It has nothing of the kinds that this hub does not know. */
const TYPES = ['model', 'dataset', 'space', 'user', 'org'] as const;
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
  for (const [name] of query)
    if (!PARAMETERS.includes(name))
      throw invalidParameter(
        containsToken(name) ? 'access token' : name.slice(0, 100),
        `is not a parameter of the search. The parameters are: ${PARAMETERS.join(', ')}.`,
      );
  checkParameters(query, { counts: ['limit'], single: ['q', 'limit', 'fallback'] });
  const limit = Number(parameter(query, 'limit') || DEFAULT_LIMIT);
  return { text: searchText(query), types: searchedTypes(query), limit: Math.min(limit, MAX_LIMIT) };
}

function searchText(query: QueryPairs): string {
  const text = (parameter(query, 'q') ?? '').trim();
  if (text === '') throw invalidParameter('q', 'is missing. Send the text to search for.');
  if (text.length > MAX_TEXT) throw invalidParameter('q', `must have at most ${MAX_TEXT} characters`);
  if (containsToken(text))
    throw invalidParameter('q', 'must not contain an access token. Send it in the Authorization header.');
  if (/\0|\p{Cs}/u.test(text)) throw invalidParameter('q', 'must be valid Unicode without NUL characters');
  return text;
}

function searchedTypes(query: QueryPairs): readonly SearchedType[] {
  const wanted = query
    .filter(([name, value]) => name === 'type' && value !== '')
    .flatMap(([, value]) => value.split(','));
  const unknown = wanted.find((type) => ![...TYPES, ...OTHER_TYPES].includes(type));
  if (unknown !== undefined) throw invalidParameter('type', `must be one of ${TYPES.join(', ')}`);
  return wanted.length === 0 || wanted.includes('all') ? TYPES : TYPES.filter((type) => wanted.includes(type));
}
