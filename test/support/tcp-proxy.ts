import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Forwards connections to a server on the loopback address, and can stop to do so without closing them, as a firewall or a failed machine does. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private readonly frozen = new WeakSet<Socket>();
  private isFrozen = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async start(target: number): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, target);
    server.on('connection', (socket) => proxy.accept(socket));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Forwards nothing: neither of open connections nor of new ones, which are accepted. */
  freeze(): void {
    this.isFrozen = true;
    this.freezeOpen();
  }

  /** Stops forwarding the connections that are open now. */
  freezeOpen(): void {
    for (const socket of this.sockets) {
      this.frozen.add(socket);
      socket.unpipe().removeAllListeners('data').pause();
    }
  }

  /** Forwards new connections again, but not the frozen ones. */
  thaw(): void {
    this.isFrozen = false;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private accept(client: Socket): void {
    this.keep(client);
    if (this.isFrozen) return void client.pause();
    const server = connect(this.target, '127.0.0.1');
    this.keep(server);
    client.pipe(server).pipe(client);
    this.closeTogether(client, server);
    this.closeTogether(server, client);
  }

  /** Also a reset, for example of a process that was killed, closes the other connection. */
  private closeTogether(socket: Socket, other: Socket): void {
    socket.once('close', () => {
      if (!this.frozen.has(socket)) other.destroySoon();
    });
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
  }
}
