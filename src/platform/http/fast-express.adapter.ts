import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HttpAdapterHost } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Express } from 'express';
import { answerPreflight } from './cross-origin.js';
import { edgeMessages } from './edge-messages.js';
import { Exchanges, type ExchangeObserver } from './exchanges.js';

/** Above the 60 s after which common load balancers drop an idle connection: they must be the ones to do it. */
const KEEP_ALIVE_MS = 65_000;
const IDLE_SWEEP_MS = 100;

/** Express as the hub runs it: fast, exact about case, and with an orderly end. */
export class FastExpressAdapter extends ExpressAdapter {
  private readonly exchanges = new Exchanges();

  /** @param graceMs how long requests in flight may go on once the hub is told to stop */
  constructor(private readonly graceMs = 10_000) {
    super(routes());
  }

  /** Exchanges that are going on now. */
  get inFlight(): number {
    return this.exchanges.inFlight;
  }

  observe(observer: ExchangeObserver): void {
    this.exchanges.observers.push(observer);
  }

  /** @param around does the work of every answer, in surroundings of its own */
  surround(around: NonNullable<Exchanges['around']>): void {
    this.exchanges.around = around;
  }

  /** From now on each answer is the last on its connection, so that whoever keeps connections asks elsewhere next time. */
  leave(): void {
    this.exchanges.leaving = true;
  }

  /** TLS ends at the proxy in front, so this serves plain HTTP whatever the options say. */
  override initHttpServer(): void {
    const app = this.getInstance<Express>();
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      request.method === 'OPTIONS' ? answerPreflight(request, response) : void app(request, response);
    const server = createServer(edgeMessages(app, this.exchanges), (request, response) => {
      const { around } = this.exchanges;
      this.exchanges.begin();
      if (around) around(request, () => answer(request, response));
      else answer(request, response);
    });
    server.requestTimeout = 0; // an upload takes as long as it takes
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.httpServer = server;
  }

  /** Lets what is in flight finish, drops each connection as it falls idle, and whatever is left after the grace. */
  override async close(): Promise<void> {
    const server = this.httpServer as Server;
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    const end = setTimeout(() => server.closeAllConnections(), this.graceMs);
    await super.close();
    clearInterval(sweep);
    clearTimeout(end);
  }
}

/** The adapter of a hub that serves; undefined in a part of the house that does not. */
export const fastAdapterOf = ({ httpAdapter }: HttpAdapterHost): FastExpressAdapter | undefined =>
  httpAdapter instanceof FastExpressAdapter ? httpAdapter : undefined;

/** Routing settings count only when they are made before Nest first touches the router. */
function routes(): Express {
  const app = express();
  app.set('case sensitive routing', true);
  app.set('etag', false);
  app.set('x-powered-by', false);
  return app;
}
