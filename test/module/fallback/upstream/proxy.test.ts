import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { json } from '../../../support/fake-replies.js';
import { TOKEN, UpstreamFixture } from '../../../support/upstream-fixture.js';

/** A proxy as companies have them: it opens tunnels, and notes where to. */
class TunnelProxy {
  readonly tunnels: string[] = [];
  private readonly server: Server = createServer();

  static async start(): Promise<TunnelProxy> {
    const proxy = new TunnelProxy();
    proxy.server.on('connect', (request, client) => {
      proxy.tunnels.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const far = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        far.pipe(client).pipe(far);
      });
      for (const socket of [far, client]) socket.on('error', () => [far, client].forEach((end) => end.destroy()));
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

describe('behind a proxy', () => {
  let proxy: TunnelProxy;
  let fixture: UpstreamFixture;
  beforeEach(async () => {
    proxy = await TunnelProxy.start();
  });
  afterEach(async () => {
    await fixture.close();
    proxy.close();
  });

  it('questions go through it, with the token inside the tunnel only', async () => {
    fixture = new UpstreamFixture({}, { proxy: { http: proxy.url } });
    const far = await fixture.startUpstream(json(200, { id: 'o/r' }));
    expect((await fixture.reply(fixture.sourceAt(far, { token: TOKEN }))).json).toEqual({ id: 'o/r' });
    expect(proxy.tunnels).toEqual([`127.0.0.1:${far.port}`]);
    expect(far.requests[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('hosts of NO_PROXY are asked without it', async () => {
    fixture = new UpstreamFixture({}, { proxy: { http: proxy.url, no: '127.0.0.1' } });
    const far = await fixture.startUpstream(json(200, { id: 'o/r' }));
    expect((await fixture.reply(fixture.sourceAt(far))).json).toEqual({ id: 'o/r' });
    expect(proxy.tunnels).toEqual([]);
  });
});
