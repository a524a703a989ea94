import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived, nothing decoded. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, in the sender's spelling and order. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Resolves when the exchange is over: was the answer finished, or did the asker hang up first? */
  readonly ended: Promise<'answered' | 'hung-up'>;
}

/** Answers one request; a responder that never ends the response lets the asker hang. */
export type Responder = (response: ServerResponse, request: RecordedRequest) => unknown;

/** Everything about a request as one text, to search it for what must not be in it. */
export const requestText = (request: RecordedRequest): string =>
  [request.method, request.url, ...request.rawHeaders, request.body.toString('latin1')].join('\n');

const notFound: Responder = (response) => response.writeHead(404).end();

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/**
 * The far side: a scripted HTTP server on a loopback address and a free port, which records everything it saw. `reply` may be
 * swapped at any time; until it is given, every answer is an empty 404.
 */
export class FakeUpstream {
  readonly requests: RecordedRequest[] = [];
  private readonly waiters = new Map<() => void, number>();
  private readonly server: Server;

  private constructor(
    public reply: Responder,
    readonly host: string,
  ) {
    this.server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
      this.serve(incoming, response).catch(() => response.destroy());
    });
  }

  /** @param host another loopback address (127.0.0.2) makes it another host for redirect and cookie rules. */
  static async start(reply: Responder = notFound, host = '127.0.0.1'): Promise<FakeUpstream> {
    const upstream = new FakeUpstream(reply, host);
    await new Promise<void>((resolve, reject) => {
      upstream.server.once('error', reject).listen(0, host, resolve);
    });
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Its base URL, without trailing slash. */
  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** Sockets open now. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  /** Resolves as soon as `count` requests were seen in all. */
  async waitFor(count: number): Promise<readonly RecordedRequest[]> {
    if (this.requests.length < count) await new Promise<void>((resolve) => this.waiters.set(resolve, count));
    return this.requests;
  }

  /** Forgets what was seen. */
  forget(): void {
    this.requests.length = 0;
  }

  /** Stops listening and ends every socket, answered or not. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const ended = new Promise<'answered' | 'hung-up'>((resolve) => {
      response.once('close', () => resolve(response.writableFinished ? 'answered' : 'hung-up'));
    });
    const request: RecordedRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      rawHeaders: incoming.rawHeaders,
      body: await readBody(incoming),
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
