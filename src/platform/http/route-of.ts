import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from './hub-request.js';

/** What no route has taken: asked of the server as a whole, or refused before the router. */
export const NO_ROUTE = 'none';

/** The pattern under which a request was answered; never its path, which names repositories and people. */
export const routeOf = (request: IncomingMessage & RequestFacts & { route?: { readonly path: string } }): string =>
  request.routeName ?? request.route?.path ?? NO_ROUTE;
