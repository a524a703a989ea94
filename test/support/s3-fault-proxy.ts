import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { S3Config } from '../../src/platform/config/hub-config.js';

/** Responds to a request in place of the server. */
export type Respond = (incoming: IncomingMessage, response: ServerResponse) => void;
/** The action of the proxy for a request: forward it, hold it until `releaseHeld`, leave it without a response, or respond with an error of S3 or in another way. */
type Fate = 'forward' | 'hold' | 'hang' | keyof typeof ERRORS | Respond;

const ERRORS = {
  400: 'InvalidArgument',
  403: 'AccessDenied',
  405: 'MethodNotAllowed',
  501: 'NotImplemented',
  503: 'SlowDown',
} as const;

/** A proxy in front of an S3 server that makes requests fail. It keeps the `Host` header, which is part of the signatures. */
export class S3FaultProxy {
  /** Decides about each request, which it may count. */
  fate: (incoming: IncomingMessage) => Fate = () => 'forward';
  /** Number of requests for objects, without tests of the bucket. */
  objectRequests = 0;
  private readonly server: Server;
  private readonly held: (() => void)[] = [];

  private constructor(private readonly target: URL) {
    this.server = createServer((incoming, response) => this.serve(incoming, response));
  }

  static async start({ endpoint }: Pick<S3Config, 'endpoint'>): Promise<S3FaultProxy> {
    const proxy = new S3FaultProxy(new URL(endpoint!));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forwards all requests that are held. */
  releaseHeld(): void {
    this.fate = () => 'forward';
    for (const forward of this.held.splice(0)) forward();
  }

  /** Forwards all requests again, and closes the connections of those that hang. */
  recover(): void {
    this.fate = () => 'forward';
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private serve(incoming: IncomingMessage, response: ServerResponse): void {
    if (/^\/[^/?]+\/[^?]/.test(incoming.url ?? '')) this.objectRequests++;
    const fate = this.fate(incoming);
    if (fate === 'hang') return;
    if (fate === 'hold') return void this.held.push(() => this.forward(incoming, response));
    if (fate === 'forward') return this.forward(incoming, response);
    if (typeof fate === 'function') return fate(incoming, response);
    incoming.resume();
    const body = incoming.method === 'HEAD' ? undefined : `<Error><Code>${ERRORS[fate]}</Code></Error>`;
    response.writeHead(fate, { 'content-type': 'application/xml', 'x-amz-request-id': 'tx1' }).end(body);
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { hostname: host, port } = this.target;
    const { method, url: path, headers } = incoming;
    const forwarded = request({ host, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  }
}

/** A page of another server, or of a proxy in front of the S3 server. */
export const page =
  (status: number, headers: Record<string, string> = {}): Respond =>
  (incoming, response) => {
    incoming.resume();
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(incoming.method === 'HEAD' ? undefined : '<html><hr><h1>nginx</h1></html>');
  };

/** Every n-th request has the fate. */
export const every = (n: number, fate: Fate): (() => Fate) => {
  let count = 0;
  return () => ((count += 1) % n === 0 ? fate : 'forward');
};
