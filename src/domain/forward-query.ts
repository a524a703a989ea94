import type { QueryPairs } from './query.js';

/** Names under which clients and browsers put credentials into URLs (`__sign` is huggingface.co's own for private files). */
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set(['token', 'access_token', 'api_key', 'apikey', 'auth', '__sign']);

/** A hub's access token, wherever somebody may have pasted it. */
const TOKEN = /hf_[A-Za-z0-9]{8,}/;

/** Does a text hold what looks like an access token? */
export const holdsToken = (text: string): boolean => TOKEN.test(text);

/** The parameters of a question that may travel to a source: all but our own `fallback` and whatever is or looks like a credential. */
export const forwardableQuery = (query: QueryPairs): QueryPairs =>
  query.filter(
    ([name, value]) =>
      name !== 'fallback' && !CREDENTIAL_NAMES.has(name.toLowerCase()) && !holdsToken(value) && !holdsToken(name),
  );
