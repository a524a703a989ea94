import { HubError } from './hub-error.js';
import { containsToken } from './forward-query.js';
import type { OperationKind } from './operation.js';
import type { QueryPairs } from './query.js';

/** Parameters whose values have one format, by format. A parameter that is not listed may have any value, and may be repeated. */
export interface ParameterRules {
  /** `true`, `false`, `1` or `0`; older Python clients send a capital letter. */
  readonly flags?: readonly string[];
  /** Whole numbers of at least 1. */
  readonly counts?: readonly string[];
  /** Whole numbers of at least 0. */
  readonly pages?: readonly string[];
  /** Other parameters that must not be repeated. */
  readonly single?: readonly string[];
}

const INFO: ParameterRules = { flags: ['blobs', 'files_metadata', 'securityStatus'] };
/** Sources may use any format for the positions in their links. */
const PAGES: ParameterRules = { counts: ['limit'], single: ['cursor'] };

const OF_OPERATION: Readonly<Record<OperationKind, ParameterRules>> = {
  resolve: {}, // links of pages have parameters in any format
  info: INFO,
  revision: INFO,
  tree: { ...PAGES, flags: ['recursive', 'expand'] },
  pathsInfo: {},
  treesize: {},
  refs: { flags: ['include_prs'] },
  commits: { ...PAGES, pages: ['p'] },
  compare: { flags: ['raw'] },
  discussions: { ...PAGES, pages: ['p'] },
  likers: PAGES,
};

const FLAG = /^(?:true|false|1|0)?$/i;

/**
 * Checks the parameters of a read of a repository. Their values would otherwise be taken for the default.
 *
 * @throws HubError `BadRequest` with the parameter's name
 */
export const checkOperationParameters = (kind: OperationKind, query: QueryPairs): void =>
  checkParameters(query, OF_OPERATION[kind]);

/** @throws HubError `BadRequest` with the parameter's name, if it is repeated or has a value of another format */
export function checkParameters(
  query: QueryPairs,
  { flags = [], counts = [], pages = [], single = [] }: ParameterRules,
): void {
  const once = new Set([...flags, ...counts, ...pages, ...single]);
  const seen = new Set<string>();
  for (const [name, value] of query) {
    if (!once.has(name)) continue;
    if (seen.size === seen.add(name).size) throw invalidParameter(name, 'must not be repeated');
    if (flags.includes(name) && !FLAG.test(value)) throw invalidParameter(name, 'must be true or false');
    if (counts.includes(name) && !isNumber(value, 1))
      throw invalidParameter(name, 'must be a whole number of at least 1');
    if (pages.includes(name) && !isNumber(value, 0))
      throw invalidParameter(name, 'must be a whole number of at least 0');
  }
}

/**
 * Refuses unknown parameters, which would otherwise be ignored.
 *
 * @param of - noun for the error: "this list"
 * @throws HubError `BadRequest` with the parameter's name
 */
export function checkNames(query: QueryPairs, known: readonly string[], of: string): void {
  const unknown = query.find(([name]) => !known.includes(name))?.[0];
  if (unknown === undefined) return;
  throw invalidParameter(unknown, `is not a parameter of ${of}. The parameters are: ${known.join(', ')}.`);
}

/** @throws HubError `BadRequest` for a text that is too long, contains an access token, or is not valid Unicode */
export function checkText(name: string, value: string, maxLength: number): string {
  if (value.length > maxLength) throw invalidParameter(name, `must have at most ${maxLength} characters`);
  if (containsToken(value))
    throw invalidParameter(name, 'must not contain an access token. Send it in the Authorization header.');
  if (/\0|\p{Cs}/u.test(value)) throw invalidParameter(name, 'must be valid Unicode without NUL characters');
  return value;
}

/** The error for a parameter. */
export const invalidParameter = (name: string, message: string): HubError => {
  const field = containsToken(name) ? 'access token' : name.slice(0, 100);
  return new HubError('BadRequest', `Invalid parameter "${field}": ${message}`, { fields: [{ field, message }] });
};

/** An empty value is that of an empty field of a form. */
const isNumber = (value: string, min: number): boolean =>
  value === '' || (/^\d{1,15}$/.test(value) && Number(value) >= min);
