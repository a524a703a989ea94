import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that passed through the proxy, with the status of its response. */
export interface AnsweredRequest {
  readonly method: string;
  /** Without parameters. */
  readonly path: string;
  readonly status: number;
}

/** A reverse proxy in front of a hub that records what clients request. It keeps `Host`, so the hub's URLs lead to the proxy. */
export class RecordingProxy {
  readonly answered: AnsweredRequest[] = [];
  private readonly server: Server;

  private constructor(private readonly hub: string) {
    this.server = createServer((incoming, outgoing) => this.forward(incoming, outgoing));
  }

  static async start(hub: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(hub);
    await new Promise<void>((done) => proxy.server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url = '', headers } = incoming;
    const sent = request(new URL(url, this.hub), { method, headers }, (reply) => {
      this.answered.push({ method, path: url.split('?')[0]!, status: reply.statusCode! });
      outgoing.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(outgoing);
    });
    sent.on('error', () => outgoing.destroy());
    incoming.pipe(sent);
  }
}
