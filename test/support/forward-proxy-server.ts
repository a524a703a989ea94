import {
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { SERVER_TLS } from './test-tls.js';

export interface ForwardProxyOptions {
  /** Expected `user:password`. Other requests get 407. */
  readonly credentials?: string;
  /** Ports to which tunnels are allowed; requests in absolute form and other tunnels get 403. */
  readonly tunnelPorts?: readonly number[];
  /** Whether the proxy itself is reached over TLS. */
  readonly tls?: boolean;
}

/** A request to the proxy: `GET http://host/path` or `CONNECT host:port`. */
export interface ProxyRequest {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
}

/** A scripted forward proxy that records requests. All host names lead to 127.0.0.1. */
export class ForwardProxyServer {
  readonly requests: ProxyRequest[] = [];
  private readonly server: Server;

  private constructor(private readonly options: ForwardProxyOptions) {
    this.server = options.tls ? createTlsServer(SERVER_TLS) : createServer();
    this.server.on('request', (incoming, response) => this.forward(incoming, response));
    this.server.on('connect', (incoming, client: Socket) => this.tunnel(incoming, client));
  }

  static async start(options: ForwardProxyOptions = {}): Promise<ForwardProxyServer> {
    const proxy = new ForwardProxyServer(options);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http${this.options.tls ? 's' : ''}://${this.address}`;
  }

  get lines(): string[] {
    return this.requests.map(({ line }) => line);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** The status of a refusal; undefined if the request is allowed. */
  private refusal({ headers }: IncomingMessage, port: number | undefined): number | undefined {
    const { credentials, tunnelPorts } = this.options;
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (expected && headers['proxy-authorization'] !== expected) return 407;
    return tunnelPorts && (port === undefined || !tunnelPorts.includes(port)) ? 403 : undefined;
  }

  private record({ method, url, headers }: IncomingMessage): void {
    this.requests.push({ line: `${method} ${url}`, headers });
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    this.record(incoming);
    const status = this.refusal(incoming, undefined);
    if (status) return void response.writeHead(status, { 'proxy-authenticate': 'Basic realm="p"' }).end('refused');
    const { port, pathname, search } = new URL(incoming.url!);
    const { 'proxy-authorization': _credentials, ...headers } = incoming.headers;
    const target = sendRequest(
      { host: '127.0.0.1', port, path: pathname + search, method: incoming.method, headers },
      (reply) => {
        response.writeHead(reply.statusCode!, reply.headers);
        reply.pipe(response);
      },
    );
    target.on('error', () => response.writeHead(502).end());
    incoming.pipe(target);
  }

  private tunnel(incoming: IncomingMessage, client: Socket): void {
    this.record(incoming);
    const port = Number(/:(\d+)$/.exec(incoming.url!)![1]);
    const status = this.refusal(incoming, port);
    if (status) return void client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    for (const socket of [target, client]) socket.on('error', () => [target, client].forEach((end) => end.destroy()));
  }
}
