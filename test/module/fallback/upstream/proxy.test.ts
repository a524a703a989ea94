import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { json } from '../../../support/fake-replies.js';
import { TOKEN, UpstreamFixture } from '../../../support/upstream-fixture.js';

/** An HTTP proxy that supports CONNECT and records the targets of its tunnels. */
class TunnelProxy {
  readonly tunnels: string[] = [];
  private readonly server: Server = createServer();

  static async start(): Promise<TunnelProxy> {
    const proxy = new TunnelProxy();
    proxy.server.on('connect', (request, client) => {
      proxy.tunnels.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      for (const socket of [target, client]) socket.on('error', () => [target, client].forEach((end) => end.destroy()));
    });
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('with a proxy', () => {
  let proxy: TunnelProxy;
  let fixture: UpstreamFixture;
  beforeEach(async () => {
    proxy = await TunnelProxy.start();
  });
  afterEach(async () => {
    await fixture.close();
    proxy.close();
  });

  it('requests use the proxy, with the token inside the tunnel only', async () => {
    fixture = new UpstreamFixture({}, { proxy: { http: proxy.url } });
    const upstream = await fixture.startUpstream(json(200, { id: 'o/r' }));
    expect((await fixture.reply(fixture.sourceAt(upstream, { token: TOKEN }))).json).toEqual({ id: 'o/r' });
    expect(proxy.tunnels).toEqual([`127.0.0.1:${upstream.port}`]);
    expect(upstream.requests[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('requests to hosts in NO_PROXY do not use the proxy', async () => {
    fixture = new UpstreamFixture({}, { proxy: { http: proxy.url, no: '127.0.0.1' } });
    const upstream = await fixture.startUpstream(json(200, { id: 'o/r' }));
    expect((await fixture.reply(fixture.sourceAt(upstream))).json).toEqual({ id: 'o/r' });
    expect(proxy.tunnels).toEqual([]);
  });
});
