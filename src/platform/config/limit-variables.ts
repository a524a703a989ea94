import * as parse from './parsers.js';
import { withDefault } from './variable.js';

/** Limits for single clients, so that none of them can use up the hub. */
export const LIMIT_VARIABLES = {
  idleTimeout: withDefault(
    'KOHAKU_HUB_IDLE_TIMEOUT',
    '60',
    parse.secondsAsMs(0.1, 3600),
    'Seconds after which a client is disconnected that neither sends the rest of its request nor reads its response',
  ),
};
