import { createServer, type Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Express } from 'express';
import { answerPreflight } from './cross-origin.js';
import { edgeMessages, type OnSlow } from './edge-messages.js';

/** Above the 60 s after which common load balancers drop an idle connection: they must be the ones to do it. */
const KEEP_ALIVE_MS = 65_000;
const IDLE_SWEEP_MS = 100;

/** Express as the hub runs it: fast, exact about case, and with an orderly end. */
export class FastExpressAdapter extends ExpressAdapter {
  /**
   * @param onSlow told of answers whose first byte took long
   * @param graceMs how long requests in flight may go on once the hub is told to stop
   */
  constructor(
    private readonly onSlow?: OnSlow,
    private readonly graceMs = 10_000,
  ) {
    super(routes());
  }

  /** TLS ends at the proxy in front, so this serves plain HTTP whatever the options say. */
  override initHttpServer(): void {
    const app = this.getInstance<Express>();
    const server = createServer(edgeMessages(app, this.onSlow), (request, response) => {
      if (request.method === 'OPTIONS') answerPreflight(request, response);
      else app(request, response);
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

/** Routing settings count only when they are made before Nest first touches the router. */
function routes(): Express {
  const app = express();
  app.set('case sensitive routing', true);
  app.set('etag', false);
  app.set('x-powered-by', false);
  return app;
}
