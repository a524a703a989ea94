import { IncomingMessage, ServerResponse, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http';
import type { Express, Request, Response } from 'express';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { cacheHeaders } from './cache-headers.js';
import { allowsCrossOrigin, CORS_HEADERS } from './cross-origin.js';
import { CLIENT_CLOSED_REQUEST, type ExchangeTracker } from './exchange-tracker.js';
import { requestIdOf } from './request-log.js';
import type { Turn } from '../async/fair-turns.js';
import type { Shares } from './hub-request.js';

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

const SLOW_MS = 5000;
/** Listeners of an event of a response. Node's pipeline adds several for `close`; others release what the request holds. */
const MAX_LISTENERS = 20;

function commonHeaders(request: IncomingMessage): Record<string, string> {
  const own = { 'X-Request-Id': requestIdOf(request), 'X-Content-Type-Options': 'nosniff' };
  return allowsCrossOrigin(request.url ?? '/') ? { ...own, ...CORS_HEADERS } : own;
}

/** Finds a header in the arguments of `writeHead`, which has names in lower case or as in `Cache-Control`. The hub does not use its array form. */
const headerIn = (headers: Headers | undefined, name: string): OutgoingHttpHeader | undefined =>
  headers === undefined || Array.isArray(headers) ? undefined : (headers[name.toLowerCase()] ?? headers[name]);

/** The common headers include the names in the response's own `Vary`. */
function mergeHeaders(common: Record<string, string>, own: Headers | undefined): Headers {
  if (Array.isArray(own)) return [...Object.entries(common).flat(), ...own];
  const { Vary: names } = common;
  if (names === undefined || headerIn(own, 'Vary') === undefined) return { ...common, ...own };
  const { vary: _lower, ...rest } = own!;
  return { ...common, ...rest, Vary: names };
}

/** URLs in a response depend on the host that the client used, unless the hub has a single address. */
function varyOf(own: OutgoingHttpHeader | undefined, { addresses }: ExchangeTracker): readonly (string | number)[] {
  const names = own === undefined ? [] : [own].flat();
  return addresses.dependOnRequest ? ['Host', ...names] : names;
}

/** The headers that all responses have. */
function headersOf(
  response: ServerResponse,
  own: Headers | undefined,
  exchanges: ExchangeTracker,
): Record<string, string> {
  const request = response.req as HubMessage;
  const find = (name: string): OutgoingHttpHeader | undefined => headerIn(own, name) ?? response.getHeader(name);
  const caching = cacheHeaders(request, find('Cache-Control'), varyOf(find('Vary'), exchanges));
  return { ...commonHeaders(request), ...exchanges.headersFor(request.urls), ...caching };
}

/** A request of these classes. */
export interface HubMessage extends IncomingMessage {
  /** Builds the URLs in the response. */
  readonly urls: UrlBuilder;
  /**
   * Set while the client waits for `100 Continue` before it sends the body (RFC 9110, section 10.1.1). Called when the body is read first, so that
   * a request which is refused before transfers no body.
   */
  sendContinue?: (() => void) | undefined;
  /** The turn of the request. */
  readonly turn?: Turn;
}

function createRequestClass(exchanges: ExchangeTracker): typeof IncomingMessage {
  return class HubIncomingMessage extends IncomingMessage implements HubMessage {
    private urlBuilder: UrlBuilder | undefined;
    sendContinue: (() => void) | undefined;

    override _read(size: number): void {
      this.sendContinue?.();
      this.sendContinue = undefined;
      super._read(size);
    }

    /** Builds the URLs in the response. */
    get urls(): UrlBuilder {
      return (this.urlBuilder ??= exchanges.addresses.urlsFor(this));
    }

    /** The limits for this client. */
    get shares(): Shares | undefined {
      return exchanges.shares;
    }
  };
}

/**
 * Creates the request and response classes of the server.
 *
 * Express replaces the prototype of every request and response. V8 before Node 24 then gives up fast property access, which costs 4 to 6
 * times the CPU per request. Objects of these classes already have Express's prototypes, so the replacement has no effect.
 *
 * The response class also adds the headers that all responses have. It does so in `writeHead`, the only method that all responses pass
 * through: a middleware would be slower, and would miss responses that are sent before the router.
 */
export function createMessageClasses(
  app: Express,
  exchanges: ExchangeTracker,
): { IncomingMessage: typeof IncomingMessage; ServerResponse: typeof ServerResponse<IncomingMessage> } {
  const HubIncomingMessage = createRequestClass(exchanges);
  class HubServerResponse extends ServerResponse<IncomingMessage> {
    private readonly createdAt = performance.now();

    constructor(...args: ConstructorParameters<typeof ServerResponse<IncomingMessage>>) {
      super(...args);
      this.setMaxListeners(MAX_LISTENERS);
      this.once('close', finish);
    }

    /** Milliseconds since the request headers were received. */
    get age(): number {
      return performance.now() - this.createdAt;
    }

    override writeHead(status: number, reason?: string | Headers, headers?: Headers): this {
      if (this.age > SLOW_MS) exchanges.slow(this.req, Math.round(this.age));
      const request = this.req as HubMessage;
      request.turn?.pause();
      // a client that has not sent the body yet may send it or not, so that the next request could not be found
      if (exchanges.isShuttingDown || request.sendContinue) this.shouldKeepAlive = false;
      request.sendContinue = undefined;
      const own = typeof reason === 'string' ? headers : (reason ?? headers);
      const merged = mergeHeaders(headersOf(this, own, exchanges), own);
      return typeof reason === 'string' ? super.writeHead(status, reason, merged) : super.writeHead(status, merged);
    }
  }
  // one function for all responses, because a closure for each response would cost more than the function itself
  function finish(this: HubServerResponse): void {
    (this.req as HubMessage).turn?.pause();
    exchanges.finish(this.req, this.headersSent ? this.statusCode : CLIENT_CLOSED_REQUEST, this.age);
  }
  Object.setPrototypeOf(HubIncomingMessage.prototype, app.request as object);
  Object.setPrototypeOf(HubServerResponse.prototype, app.response as object);
  app.request = HubIncomingMessage.prototype as unknown as Request;
  app.response = HubServerResponse.prototype as unknown as Response;
  return { IncomingMessage: HubIncomingMessage, ServerResponse: HubServerResponse };
}
