import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Express } from 'express';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { answerPreflight } from './cross-origin.js';
import { normalizeForwarded } from './forwarded.js';
import type { HubAddresses } from './hub-addresses.js';
import { hasInvalidHost, rejectHost } from './host-check.js';
import { explainRejectedRequests } from './explain-rejected-requests.js';
import { disconnectIdle } from './disconnect-idle.js';
import { ConnectionLimit } from './connection-limit.js';
import { IdleConnections, type StalledExchange } from './idle-connections.js';
import type { TrustsProxy } from './requested-address.js';
import { mergeSlashes } from './merge-slashes.js';
import { createMessageClasses, type HubMessage } from './message-classes.js';
import type { Shares } from './hub-request.js';
import { ExchangeTracker, type ExchangeObserver } from './exchange-tracker.js';

/** Common load balancers close idle connections after 60 s. This is longer, so that the hub never closes a connection first. */
const KEEP_ALIVE_MS = 65_000;
const CLOSE_IDLE_INTERVAL_MS = 100;

/** Time limits of the server in milliseconds. */
export interface ServerLimits {
  /** How long running requests may continue after `close`. */
  readonly graceMs: number;
  /** How long a client may neither send the rest of a request nor read its response. */
  readonly idleMs: number;
}

/** Express with faster message classes, case-sensitive routes and graceful shutdown. */
export class FastExpressAdapter extends ExpressAdapter {
  private readonly exchanges = new ExchangeTracker();

  constructor(private readonly limits: ServerLimits) {
    super(createExpress());
  }

  /** Number of exchanges in progress. */
  get inFlight(): number {
    return this.exchanges.inFlight;
  }

  observe(observer: ExchangeObserver): void {
    this.exchanges.observers.push(observer);
  }

  /** Wraps the handling of every request, for example in a tracing context. */
  wrapRequests(wrap: NonNullable<ExchangeTracker['wrap']>): void {
    this.exchanges.wrap = wrap;
  }

  /** Sets the addresses of the hub, for the URLs in responses. */
  setAddresses(addresses: HubAddresses): void {
    this.exchanges.addresses = addresses;
  }

  /** Limits what each client may use at the same time. */
  setShares(shares: Shares): void {
    this.exchanges.shares = shares;
  }

  /** Limits the open connections of each address. */
  limitConnections(max: number, trusts: TrustsProxy): void {
    new ConnectionLimit(max, trusts, () => this.exchanges.close('limit')).watch(this.httpServer as Server);
  }

  /** Adds headers to every response, depending on the address of the hub that the client used. */
  addHeaders(headersFor: (urls: UrlBuilder) => Readonly<Record<string, string>>): void {
    this.exchanges.headersFor = headersFor;
  }

  /** From now on, each response is the last on its connection, so that clients connect to another replica. */
  startShutdown(): void {
    this.exchanges.isShuttingDown = true;
  }

  /** Always serves plain HTTP, because TLS is terminated by the reverse proxy. */
  override initHttpServer(): void {
    const app = this.getInstance<Express>();
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      if (hasInvalidHost(request)) rejectHost(response);
      else if (request.method === 'OPTIONS') answerPreflight(request, response);
      else app(request, response);
    };
    const { idleMs } = this.limits;
    const options = {
      ...createMessageClasses(app, this.exchanges),
      headersTimeout: idleMs,
      requestTimeout: 0, // uploads may take any time
      connectionsCheckingInterval: Math.ceil(idleMs / 12),
    };
    const server = createServer(options, (request, response) => {
      request.url = mergeSlashes(request.url!); // first, so that routes, access rules, logs and traces have the same URL
      normalizeForwarded(request.headers);
      const { wrap } = this.exchanges;
      this.exchanges.start();
      if (wrap) wrap(request, () => handle(request, response));
      else handle(request, response);
    });
    explainRejectedRequests(server);
    // Otherwise Node asks for the body before the request is checked.
    server.on('checkContinue', (request, response) => {
      (request as HubMessage).sendContinue = () => response.writeContinue();
      server.emit('request', request, response);
    });
    // Node only knows the address of a closed connection if it was read before. The request log needs it.
    server.on('connection', (socket) => void socket.remoteAddress);
    const disconnect = disconnectIdle(idleMs);
    const onStall = (stalled: StalledExchange): void => {
      this.exchanges.close('idle');
      disconnect(stalled);
    };
    new IdleConnections(idleMs, onStall).watch(server);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.httpServer = server;
  }

  /** Lets running requests finish, closes connections as they become idle, and all remaining ones after the grace period. */
  override async close(): Promise<void> {
    const server = this.httpServer as Server;
    const closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_INTERVAL_MS);
    const closeAll = setTimeout(() => server.closeAllConnections(), this.limits.graceMs);
    await super.close();
    clearInterval(closeIdle);
    clearTimeout(closeAll);
  }
}

/** The adapter of a running server; undefined in tests of modules without one. */
export const fastAdapterOf = ({ httpAdapter }: { readonly httpAdapter: object }): FastExpressAdapter | undefined =>
  httpAdapter instanceof FastExpressAdapter ? httpAdapter : undefined;

/** Routing settings only take effect if they are set before Nest first uses the router. */
function createExpress(): Express {
  const app = express();
  app.set('case sensitive routing', true);
  app.set('etag', false);
  app.set('x-powered-by', false);
  return app;
}
