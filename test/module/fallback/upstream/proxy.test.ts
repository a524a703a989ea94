import { buildSource } from '../../../support/build-source.js';
import { parseEnv } from '../../../../src/platform/config/env.js';
import type { HubConfig } from '../../../../src/platform/config/hub-config.js';
import { json, redirect } from '../../../support/fake-replies.js';
import type { FakeUpstream } from '../../../support/fake-upstream.js';
import { ForwardProxyServer, type ForwardProxyOptions } from '../../../support/forward-proxy-server.js';
import { TEST_CA_FILE } from '../../../support/test-tls.js';
import { TOKEN, UpstreamFixture } from '../../../support/upstream-fixture.js';

let proxy: ForwardProxyServer;
let fixture: UpstreamFixture;
afterEach(async () => {
  await fixture.close();
  proxy.close();
});

/** The settings of an environment that matter for outbound requests. */
function settingsOf(env: Readonly<Record<string, string>>): Pick<HubConfig, 'proxy' | 'certificateAuthorities'> {
  const secrets = { adminToken: 'an-admin-token', secretKey: 'a-secret-key-of-a-test' };
  return parseEnv(
    { KOHAKU_HUB_CA_FILE: TEST_CA_FILE, ...env },
    { secretsIn: () => secrets, version: '1.2.3', sourceTypes: [] },
  );
}

/** Starts a proxy and an upstream, and sends a request for JSON. */
async function start(
  { tls, ...options }: ForwardProxyOptions & { readonly target?: 'http' | 'https' },
  env: (address: string, url: string) => Readonly<Record<string, string>>,
): Promise<FakeUpstream> {
  const { target = 'http', ...rest } = options;
  proxy = await ForwardProxyServer.start({ ...rest, tls });
  const { proxy: settings, certificateAuthorities } = settingsOf(env(proxy.address, proxy.url));
  fixture = new UpstreamFixture({}, { proxy: settings, certificateAuthorities });
  return fixture.startUpstream(json(200, { id: 'o/r' }), undefined, { tls: target === 'https' });
}

const send = (upstream: FakeUpstream, host = upstream.host) =>
  fixture.send(fixture.sourceAt({ url: upstream.url.replace(upstream.host, host) }, { token: TOKEN }));

describe('an http source', () => {
  it.each<[string, (address: string) => Record<string, string>]>([
    ['HTTP_PROXY', (address) => ({ HTTP_PROXY: `http://${address}` })],
    ['http_proxy without a scheme', (address) => ({ http_proxy: address })],
    ['ALL_PROXY', (address) => ({ ALL_PROXY: `http://${address}/` })],
    ['lower case before upper case', (address) => ({ http_proxy: address, HTTP_PROXY: '127.0.0.1:1' })],
    ['HTTP_PROXY before ALL_PROXY', (address) => ({ HTTP_PROXY: address, all_proxy: '127.0.0.1:1' })],
  ])('is requested in absolute form: %s', async (_, env) => {
    const upstream = await start({}, env);
    expect(await send(upstream, 'hub.test')).toMatchObject({ json: { id: 'o/r' } });
    expect(proxy.lines).toEqual([`GET http://hub.test:${upstream.port}/api/models/o/r`]);
    expect(upstream.requests[0]!.headers).toMatchObject({
      host: `hub.test:${upstream.port}`,
      authorization: `Bearer ${TOKEN}`,
    });
  });

  it('does not use HTTPS_PROXY', async () => {
    const upstream = await start({}, (address) => ({ HTTPS_PROXY: address }));
    expect(await send(upstream)).toMatchObject({ json: { id: 'o/r' } });
    expect(proxy.lines).toEqual([]);
  });

  it('is reached through a proxy over TLS', async () => {
    const upstream = await start({ tls: true }, (_, url) => ({ HTTP_PROXY: url }));
    expect(await send(upstream, 'hub.test')).toMatchObject({ json: { id: 'o/r' } });
    expect(proxy.requests).toHaveLength(1);
  });
});

describe('an https source', () => {
  it.each<[string, (address: string) => Record<string, string>]>([
    ['HTTPS_PROXY', (address) => ({ HTTPS_PROXY: `http://${address}` })],
    ['all_proxy', (address) => ({ all_proxy: address })],
  ])('is reached through a tunnel: %s', async (_, env) => {
    const upstream = await start({ target: 'https' }, env);
    expect(await send(upstream, 'hub.test')).toMatchObject({ json: { id: 'o/r' } });
    expect(proxy.lines).toEqual([`CONNECT hub.test:${upstream.port}`]);
    expect(JSON.stringify(proxy.requests)).not.toContain(TOKEN);
    expect(upstream.requests[0]!.headers).toMatchObject({ authorization: `Bearer ${TOKEN}` });
  });

  it('does not use HTTP_PROXY', async () => {
    const upstream = await start({ target: 'https' }, (address) => ({ HTTP_PROXY: address }));
    expect(await send(upstream)).toMatchObject({ json: { id: 'o/r' } });
    expect(proxy.lines).toEqual([]);
  });

  it('is reached through a proxy over TLS, with credentials', async () => {
    const upstream = await start({ target: 'https', tls: true, credentials: 'u:p' }, (address) => ({
      HTTPS_PROXY: `https://u:p@${address}`,
    }));
    expect(await send(upstream, 'hub.test')).toMatchObject({ json: { id: 'o/r' } });
    expect(proxy.lines).toEqual([`CONNECT hub.test:${upstream.port}`]);
  });

  it('needs an http proxy to allow its port', async () => {
    const upstream = await start({ target: 'https', tunnelPorts: [443] }, (address) => ({ HTTPS_PROXY: address }));
    expect(await send(upstream)).toMatchObject({
      category: 'network',
      message: `The forward proxy ${proxy.address} refused the connection (HTTP 403)`,
    });
  });
});

describe('credentials of a proxy', () => {
  it.each([
    ['user:password', 'user:password'],
    ['user:p%40ss%3Aw%25rd', 'user:p@ss:w%rd'],
    ['user:100%', 'user:100%'],
    ['us%C3%A9r:ü', 'usér:ü'],
    ['user', 'user:'],
    [':password', ':password'],
  ])('%s are sent', async (written, credentials) => {
    const upstream = await start({ credentials }, (address) => ({ HTTP_PROXY: `http://${written}@${address}` }));
    expect(await send(upstream)).toMatchObject({ json: { id: 'o/r' } });
    expect(upstream.requests[0]!.headers).not.toHaveProperty('proxy-authorization');
  });

  it.each(['http', 'https'] as const)('are named if they are missing or wrong (%s)', async (target) => {
    const variable = `${target.toUpperCase()}_PROXY`;
    let upstream = await start({ target, credentials: 'u:p' }, (address) => ({ [variable]: `http://${address}` }));
    expect(await send(upstream)).toMatchObject({
      kind: 'failure',
      category: 'network',
      message: `The forward proxy ${proxy.address} asks for credentials (HTTP 407). Add the user and password to ${variable}`,
    });
    await fixture.close();
    proxy.close();
    upstream = await start({ target, credentials: 'u:p' }, (address) => ({ [variable]: `http://u:wrong@${address}` }));
    const outcome = await send(upstream);
    expect(outcome.message).toBe(
      `The forward proxy ${proxy.address} rejected the credentials in ${variable} and asks for others (HTTP 407)`,
    );
    expect(upstream.requests).toEqual([]);
  });
});

it.each(['http', 'https'] as const)('a proxy that cannot be reached is named (%s)', async (target) => {
  const upstream = await start({ target }, () => ({ ALL_PROXY: 'http://u:secret@127.0.0.1:1' }));
  expect(await send(upstream)).toMatchObject({
    category: 'network',
    message: 'The forward proxy 127.0.0.1:1 in ALL_PROXY cannot be used (ECONNREFUSED)',
  });
});

it('hosts in NO_PROXY are requested directly', async () => {
  const upstream = await start({}, (address) => ({ HTTP_PROXY: address, NO_PROXY: 'example.com, 127.0.0.0/8' }));
  expect(await send(upstream)).toMatchObject({ json: { id: 'o/r' } });
  expect(proxy.lines).toEqual([]);
});

describe('behind a proxy', () => {
  const context = { signal: new AbortController().signal, via: [] };
  const fetchNamed = (url: string) => fixture.client.fetchNamed(buildSource(), url, { method: 'GET' }, context);

  it.each([
    'http://169.254.169.254/latest',
    'http://168.63.129.16/',
    'http://0250.077.0201.020/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'https://METADATA.google.internal./',
    'http://instance-data/',
    'http://10.0.0.1/',
    'http://localhost:8080/',
    'http://[::ffff:a9fe:a9fe]/',
  ])('the target %s of a redirect is not handed to the proxy', async (url) => {
    await start({}, (address) => ({ ALL_PROXY: address }));
    expect(await fetchNamed(url)).toMatchObject({ kind: 'failure', category: 'refused' });
    expect(proxy.lines).toEqual([]);
  });

  it('a source at a metadata address is not handed to the proxy', async () => {
    await start({}, (address) => ({ ALL_PROXY: address }));
    const source = fixture.sourceAt({ url: 'http://metadata.google.internal' });
    expect(await fixture.send(source)).toMatchObject({ category: 'refused' });
    expect(proxy.lines).toEqual([]);
  });

  it('other targets of redirects are, without the token', async () => {
    const upstream = await start({}, (address) => ({ ALL_PROXY: address }));
    upstream.reply = redirect(302, `http://cdn.test:${upstream.port}/blob`);
    const reply = await fixture.reply(fixture.sourceAt(upstream, { token: TOKEN }), { expects: 'stream' });
    upstream.reply = json(200, { from: 'cdn' });
    expect(await fetchNamed(reply.location!)).toMatchObject({ status: 200 });
    expect(proxy.lines.at(-1)).toBe(`GET http://cdn.test:${upstream.port}/blob`);
    expect(upstream.requests.at(-1)!.headers).not.toHaveProperty('authorization');
  });
});
