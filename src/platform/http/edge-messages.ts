import { IncomingMessage, ServerResponse, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http';
import type { Express, Request, Response } from 'express';
import { OPEN_HEADERS, openToAll } from './cross-origin.js';
import { HUNG_UP, type Exchanges } from './exchanges.js';
import { requestIdOf } from './request-id.js';

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

const SLOW_MS = 5000;

function edgeHeaders(request: IncomingMessage): Record<string, string> {
  const own = { 'X-Request-Id': requestIdOf(request), 'X-Content-Type-Options': 'nosniff' };
  return openToAll(request.url ?? '/') ? { ...own, ...OPEN_HEADERS } : own;
}

const withEdge = (edge: Record<string, string>, given: Headers | undefined): Headers =>
  Array.isArray(given) ? [...Object.entries(edge).flat(), ...given] : { ...edge, ...given };

/**
 * The request and response classes of our server.
 *
 * Express swaps the prototype of every request and response, to which V8 before Node 24 answers by giving up its fast property
 * access: 4 to 6 times the CPU per request. These are born with Express's prototypes, so that the swap finds nothing to do.
 *
 * The response also adds what every answer of this hub bears, at the one moment all answers pass, `writeHead`: a middleware calling
 * `setHeader` would take Node's slow way on every request, and would miss what is answered before the router.
 */
export function edgeMessages(
  app: Express,
  exchanges: Exchanges,
): { IncomingMessage: typeof IncomingMessage; ServerResponse: typeof ServerResponse<IncomingMessage> } {
  class EdgeRequest extends IncomingMessage {}
  class EdgeResponse extends ServerResponse<IncomingMessage> {
    private readonly bornAt = performance.now();

    constructor(...given: ConstructorParameters<typeof ServerResponse<IncomingMessage>>) {
      super(...given);
      this.once('close', over);
    }

    /** Milliseconds since the request's headers were read. */
    get age(): number {
      return performance.now() - this.bornAt;
    }

    override writeHead(status: number, reason?: string | Headers, headers?: Headers): this {
      if (this.age > SLOW_MS) exchanges.slow(this.req, Math.round(this.age));
      if (exchanges.leaving) this.shouldKeepAlive = false;
      const edge = edgeHeaders(this.req);
      return typeof reason === 'string'
        ? super.writeHead(status, reason, withEdge(edge, headers))
        : super.writeHead(status, withEdge(edge, reason ?? headers));
    }
  }
  // one function for all responses, since a closure for each would cost more than what it does
  function over(this: EdgeResponse): void {
    exchanges.over(this.req, this.headersSent ? this.statusCode : HUNG_UP, this.age);
  }
  Object.setPrototypeOf(EdgeRequest.prototype, app.request as object);
  Object.setPrototypeOf(EdgeResponse.prototype, app.response as object);
  app.request = EdgeRequest.prototype as unknown as Request;
  app.response = EdgeResponse.prototype as unknown as Response;
  return { IncomingMessage: EdgeRequest, ServerResponse: EdgeResponse };
}
