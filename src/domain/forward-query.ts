import type { OperationKind } from './operation.js';
import type { QueryPairs } from './query.js';

/** The operations whose requests to a source have parameters of the client. */
type ForwardingKind = OperationKind | 'list' | 'accountList';

const EXPAND = ['expand', 'expand[]'] as const;
const INFO = [...EXPAND, 'blobs', 'files_metadata', 'securityStatus'] as const;
/** Clients follow a source's link to the next page with its parameters, whose names depend on the source. */
const PAGE = ['limit', 'cursor', 'p', 'page', 'offset', 'skip', 'after'] as const;

/**
 * The only parameters of a client that a source receives, by operation. Clients of huggingface.co and KohakuHub send these (contract A.2 to
 * A.9); any other parameter may be a credential.
 */
const FORWARDED: Readonly<Record<ForwardingKind, ReadonlySet<string>>> = {
  resolve: new Set(['download', 'noContentDisposition']),
  info: new Set(INFO),
  revision: new Set(INFO),
  tree: new Set([...EXPAND, ...PAGE, 'recursive', 'name_prefix']),
  pathsInfo: new Set(EXPAND),
  treesize: new Set(),
  refs: new Set(['include_prs']),
  commits: new Set([...EXPAND, ...PAGE, 'formatted']),
  compare: new Set(['raw']),
  discussions: new Set([...PAGE, 'type', 'status', 'author', 'search', 'sort', 'diff']),
  likers: new Set([...EXPAND, ...PAGE]),
  list: new Set([
    ...EXPAND,
    'author',
    'search',
    'filter',
    'pipeline_tag',
    'sort',
    'direction',
    'limit',
    'full',
    'cardData',
    'config',
    'fetch_config',
    'gated',
    'apps',
    'inference',
    'inference_provider',
    'num_parameters',
    'linked',
    'models',
    'datasets',
  ]),
  accountList: new Set(PAGE),
};

/** Parameters in which clients and browsers send credentials (`__sign`: huggingface.co, private files). */
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set(['token', 'access_token', 'api_key', 'apikey', 'auth', '__sign']);

/** An access token of a hub. */
const TOKEN = /hf_[A-Za-z0-9]{8,}/;

/** Whether a text seems to contain an access token. */
export const containsToken = (text: string): boolean => TOKEN.test(text);

/** The parameters of a client that may be sent to a source (invariant 5). */
export const forwardableQuery = (kind: ForwardingKind, query: QueryPairs): QueryPairs =>
  query.filter(([name, value]) => FORWARDED[kind].has(name) && !containsToken(value));

/** The parameters of a source's own link, without this hub's `fallback` and those that seem to be credentials. Their names are not known. */
export const withoutCredentials = (query: QueryPairs): QueryPairs =>
  query.filter(
    ([name, value]) =>
      name !== 'fallback' && !CREDENTIAL_NAMES.has(name.toLowerCase()) && !containsToken(value) && !containsToken(name),
  );
