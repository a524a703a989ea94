import type { QueryPairs } from './query.js';

/** Parameters in which clients and browsers send credentials (`__sign`: huggingface.co, private files). */
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set(['token', 'access_token', 'api_key', 'apikey', 'auth', '__sign']);

/** An access token of a hub. */
const TOKEN = /hf_[A-Za-z0-9]{8,}/;

/** Whether a text seems to contain an access token. */
export const containsToken = (text: string): boolean => TOKEN.test(text);

/** The parameters that may be sent to a source: all but this hub's `fallback`, and those that seem to be credentials. */
export const forwardableQuery = (query: QueryPairs): QueryPairs =>
  query.filter(
    ([name, value]) =>
      name !== 'fallback' && !CREDENTIAL_NAMES.has(name.toLowerCase()) && !containsToken(value) && !containsToken(name),
  );
