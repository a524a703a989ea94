import * as parse from './parsers.js';
import { optional, withDefault } from './variable.js';

/** Limits for single clients, so that none of them can use up the hub. */
export const LIMIT_VARIABLES = {
  idleTimeout: withDefault(
    'KOHAKU_HUB_IDLE_TIMEOUT',
    '60',
    parse.secondsAsMs(0.1, 3600),
    'Seconds after which a client is disconnected that neither sends the rest of its request nor reads its response',
  ),
  clientRequests: withDefault(
    'KOHAKU_HUB_CLIENT_REQUESTS',
    '500',
    parse.integer(1, 100_000),
    'Maximum number of requests that a client may have in progress. A client is an account, or all anonymous callers at one address',
  ),
  clientConnections: withDefault(
    'KOHAKU_HUB_CLIENT_CONNECTIONS',
    '2000',
    parse.integer(1, 1_000_000),
    'Maximum number of open connections of an address (for IPv6, a /64 network). Trusted proxies are not limited',
  ),
  clientStreams: withDefault(
    'KOHAKU_HUB_CLIENT_STREAMS',
    '250',
    parse.integer(1, 100_000),
    'Maximum number of files and git packs that the hub sends to a client at the same time. Redirected downloads do not count',
  ),
  bodyMemory: optional(
    'KOHAKU_HUB_BODY_MEMORY',
    parse.integer(32_000_000, 100_000_000_000),
    'Memory in bytes for the bodies of requests in progress. Unset: an eighth of the memory of the container or machine, at most 512 MiB',
  ),
};
