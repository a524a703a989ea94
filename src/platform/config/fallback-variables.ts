import * as parse from './parsers.js';
import { secret, withDefault } from './variable.js';

/** How requests are resolved through sources. */
export const FALLBACK_VARIABLES = {
  fallbackEnabled: withDefault(
    'KOHAKU_HUB_FALLBACK_ENABLED',
    'true',
    parse.boolean,
    'Whether requests for missing repositories are resolved through sources',
  ),
  cacheTtl: withDefault(
    'KOHAKU_HUB_FALLBACK_CACHE_TTL',
    '300',
    parse.seconds(0, 2_592_000),
    'Seconds that a repository stays bound to the source it was found in',
  ),
  cacheMaxSize: withDefault(
    'KOHAKU_HUB_FALLBACK_CACHE_MAX_SIZE',
    '10000',
    parse.integer(1, 10_000_000),
    'Maximum number of cached bindings',
  ),
  negativeTtl: withDefault(
    'KOHAKU_HUB_FALLBACK_NEGATIVE_TTL',
    '15',
    parse.seconds(0, 86_400),
    'Seconds that "not found in any source" is cached; 0 disables it',
  ),
  metadataCache: withDefault(
    'KOHAKU_HUB_FALLBACK_METADATA_CACHE',
    'true',
    parse.boolean,
    'Whether immutable per-commit metadata is cached for 24 hours',
  ),
  freshSeconds: withDefault(
    'KOHAKU_HUB_FALLBACK_FRESH_SECONDS',
    '60',
    parse.seconds(0, 2_592_000),
    'Seconds for which kept replies of sources about branches, lists and accounts are served before they are requested again. Replies are kept for sources whose files are cached ("delivery": "cache") or that have "fresh_seconds"',
  ),
  staleSeconds: withDefault(
    'KOHAKU_HUB_FALLBACK_STALE_SECONDS',
    '604800',
    parse.seconds(0, 315_360_000),
    'Seconds for which kept replies are served after that while their source does not respond',
  ),
  offline: withDefault(
    'KOHAKU_HUB_OFFLINE',
    'false',
    parse.boolean,
    'Whether the hub sends no requests to sources at all. What it has stored of them is served. The administrator can also turn this on in the portal',
  ),
  timeout: withDefault(
    'KOHAKU_HUB_FALLBACK_TIMEOUT',
    '10',
    parse.secondsAsMs(0.05, 600),
    'Timeout in seconds for the response headers of a source',
  ),
  deadline: withDefault(
    'KOHAKU_HUB_FALLBACK_DEADLINE',
    '20',
    parse.secondsAsMs(0.05, 3600),
    'Timeout in seconds for all sources of a request together',
  ),
  hedge: withDefault(
    'KOHAKU_HUB_FALLBACK_HEDGE_MS',
    '250',
    parse.integer(0, 600_000),
    'Maximum milliseconds to wait for a source before the next one is tried in parallel; with 0, sources are tried strictly one after the other',
  ),
  maxConcurrent: withDefault(
    'KOHAKU_HUB_FALLBACK_MAX_CONCURRENT',
    '5',
    parse.integer(1, 100),
    'Maximum number of parallel source requests per client request',
  ),
  tokenCheckHours: withDefault(
    'KOHAKU_HUB_FALLBACK_TOKEN_CHECK_HOURS',
    '6',
    parse.integer(0, 8760),
    'Hours between checks whether the sources accept their tokens, which the portal shows. 0: tokens are only checked when they are used',
  ),
  requireAuth: withDefault(
    'KOHAKU_HUB_FALLBACK_REQUIRE_AUTH',
    'false',
    parse.boolean,
    'Whether only signed-in users can access sources',
  ),
  reservedNamespaces: withDefault(
    'KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES',
    '',
    parse.namespaceGlobs,
    'Comma-separated namespaces that are never looked up in sources, such as acme,acme-*. The administrator can also reserve single accounts',
  ),
  reserveLocalNamespaces: withDefault(
    'KOHAKU_HUB_FALLBACK_RESERVE_LOCAL_NAMESPACES',
    'false',
    parse.boolean,
    'Whether the names of users and organizations of this hub are only looked up in sources that are configured for exactly this namespace',
  ),
  namespaceGuard: withDefault(
    'KOHAKU_HUB_NAMESPACE_GUARD',
    'on',
    parse.oneOf('off', 'on', 'strict'),
    'on: only the administrator can create repositories that a source has, and accounts named like an organization of a source. If a source is unavailable, anyone can, and the name is checked later. strict: if a source is unavailable, the response is 503. off: names are not checked',
  ),
  allowPrivateNetworks: withDefault(
    'KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS',
    'false',
    parse.boolean,
    "Whether hosts named by a source (redirects, avatars) may have private addresses. A source's own host always may",
  ),
  sources: secret(
    'KOHAKU_HUB_FALLBACK_SOURCES',
    parse.sourceList,
    'JSON list of sources, which the administrator cannot change. Unset: the first start with the embedded database adds huggingface.co',
  ),
};
