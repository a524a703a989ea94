import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SERVER_TLS } from './test-tls.js';

/** The request of PostgreSQL clients for TLS has eight bytes. `S` accepts it. */
const SSL_REQUEST_BYTES = 8;

/** Accepts TLS connections, with a certificate of the tests' own authority, for a server without TLS on the loopback address. */
export class TlsProxy {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param options.isPostgres - whether clients ask for TLS as PostgreSQL's clients do */
  static async start(target: number, { isPostgres = false } = {}): Promise<TlsProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TlsProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => {
      proxy.keep(socket);
      if (!isPostgres) return proxy.secure(socket, target);
      socket.once('readable', () => {
        socket.read(SSL_REQUEST_BYTES);
        socket.write('S', () => proxy.secure(socket, target));
      });
    });
    return proxy;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private secure(socket: Socket, target: number): void {
    const secured = new TLSSocket(socket, { isServer: true, ...SERVER_TLS });
    const plain = connect(target, '127.0.0.1');
    for (const each of [secured, plain]) this.keep(each);
    secured.pipe(plain).pipe(secured);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
  }
}
