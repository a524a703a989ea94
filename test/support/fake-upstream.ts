import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SERVER_TLS, TEST_CA } from './test-tls.js';

/** A request as it was received; nothing is decoded. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternate, in their original case and order. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Common name of the client certificate, over TLS. */
  readonly clientName?: string;
  /** Resolves when the response is complete or the client has disconnected. */
  readonly ended: Promise<'completed' | 'disconnected'>;
}

/** Responds to a request. The client waits until the responder ends the response. */
export type Responder = (response: ServerResponse, request: RecordedRequest) => unknown;

/** The whole request as text, to check what it does not contain. */
export const requestText = (request: RecordedRequest): string =>
  [request.method, request.url, ...request.rawHeaders, request.body.toString('latin1')].join('\n');

const notFound: Responder = (response) => response.writeHead(404).end();

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/**
 * A fake upstream: an HTTP server on a loopback address and a free port, which records all requests. `reply` can be
 * replaced at any time; by default, all responses are empty 404s.
 */
export class FakeUpstream {
  readonly requests: RecordedRequest[] = [];
  private readonly waiters = new Map<() => void, number>();
  private readonly server: Server;

  private constructor(
    public reply: Responder,
    readonly host: string,
    private readonly isTls: boolean,
  ) {
    const options = { keepAliveTimeout: 60_000 };
    const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
      this.serve(incoming, response).catch(() => response.destroy());
    };
    const tls = { ...SERVER_TLS, ca: TEST_CA, requestCert: true, rejectUnauthorized: false };
    this.server = isTls ? createTlsServer({ ...options, ...tls }, serve) : createServer(options, serve);
  }

  /**
   * @param host - a loopback address; with 127.0.0.2 it is another host for redirects and cookies
   * @param options.tls - whether it serves https, with a certificate of the tests' own authority
   */
  static async start(reply: Responder = notFound, host = '127.0.0.1', { tls = false } = {}): Promise<FakeUpstream> {
    const upstream = new FakeUpstream(reply, host, tls);
    await new Promise<void>((resolve, reject) => {
      upstream.server.once('error', reject).listen(0, host, resolve);
    });
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Base URL without trailing slash. */
  get url(): string {
    return `http${this.isTls ? 's' : ''}://${this.host}:${this.port}`;
  }

  /** Number of open sockets. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  /** Waits until there are `count` requests in total. */
  async waitFor(count: number): Promise<readonly RecordedRequest[]> {
    if (this.requests.length < count) await new Promise<void>((resolve) => this.waiters.set(resolve, count));
    return this.requests;
  }

  /** Clears the recorded requests. */
  forget(): void {
    this.requests.length = 0;
  }

  /** Stops listening and closes all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const ended = new Promise<'completed' | 'disconnected'>((resolve) => {
      response.once('close', () => resolve(response.writableFinished ? 'completed' : 'disconnected'));
    });
    const request: RecordedRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      rawHeaders: incoming.rawHeaders,
      body: await readBody(incoming),
      ...(this.isTls && { clientName: (incoming.socket as TLSSocket).getPeerCertificate().subject?.CN?.toString() }),
      ended,
    };
    this.requests.push(request);
    for (const [wake, count] of this.waiters) {
      if (this.requests.length < count) continue;
      this.waiters.delete(wake);
      wake();
    }
    await this.reply(response, request);
  }
}
