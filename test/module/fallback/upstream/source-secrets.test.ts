import { eventually } from '../../../support/eventually.js';
import { hang, inSequence, json, redirect } from '../../../support/fake-replies.js';
import { requestText } from '../../../support/fake-upstream.js';
import { CLIENT_BUNDLE, CLIENT_NAME, TEST_CA } from '../../../support/test-tls.js';
import { bytesOf, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture({}, { certificateAuthorities: [TEST_CA] })));
afterEach(() => fixture.close());

const BASIC = `Basic ${btoa('team:p@ss:word')}`;
const secrets = { basic_auth: 'team:p@ss:word', headers: { 'X-Gateway-Key': 'gateway-secret' } };
const context = { signal: new AbortController().signal, via: [] };

describe('the credentials of a source', () => {
  it('are sent to it', async () => {
    const upstream = await fixture.startUpstream(json(200, { id: 'o/r' }));
    expect((await fixture.reply(fixture.sourceAt(upstream, { secrets }))).json).toEqual({ id: 'o/r' });
    expect(upstream.requests[0]!.headers).toMatchObject({ authorization: BASIC, 'x-gateway-key': 'gateway-secret' });
  });

  it('are sent along redirects on its own origin, and to no other host', async () => {
    const other = await fixture.startUpstream(json(200, {}), '127.0.0.2');
    const upstream = await fixture.startUpstream(
      inSequence(redirect(302, '/moved'), redirect(302, `${other.url}/blob`)),
    );
    const reply = await fixture.reply(fixture.sourceAt(upstream, { secrets }), { expects: 'stream' });
    expect(upstream.requests[1]!.headers).toMatchObject({ 'x-gateway-key': 'gateway-secret' });
    const open = new UpstreamFixture({ allowPrivateNetworks: true });
    await open.client.fetchNamed(open.sourceAt(upstream), reply.location!, { method: 'GET' }, context);
    await open.close();
    expect(requestText(other.requests[0]!)).not.toMatch(/gateway|authorization/i);
  });

  it('do not replace headers of the hub', async () => {
    const upstream = await fixture.startUpstream(json(200, {}));
    const headers = { 'Accept-Encoding': 'gzip', Via: 'x', 'User-Agent': 'x' };
    await fixture.reply(fixture.sourceAt(upstream, { secrets: { headers } }));
    expect(upstream.requests[0]!.headers).toMatchObject({
      'accept-encoding': 'identity',
      'user-agent': 'hubfall/1.2.3',
    });
  });

  it('are removed from its messages', async () => {
    const upstream = await fixture.startUpstream(
      json(403, { error: `gateway-secret, p@ss:word and ${BASIC} are wrong` }),
    );
    expect((await fixture.reply(fixture.sourceAt(upstream, { secrets }))).message).toBe(
      '***, *** and Basic *** are wrong',
    );
  });

  it('are reported as rejected if a server in front of it asks for a password', async () => {
    const upstream = await fixture.startUpstream(json(401, {}, { 'www-authenticate': 'Basic realm="team"' }));
    const source = fixture.sourceAt(upstream, { secrets });
    expect(await fixture.send(source)).toMatchObject({ status: 401, tokenRejected: true });
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([BASIC, undefined]);
    expect(upstream.requests[1]!.headers).toMatchObject({ 'x-gateway-key': 'gateway-secret' });
    expect(fixture.healthOf(source)).toMatchObject({ token: 'rejected' });
  });
});

describe('a client certificate', () => {
  it('is used for the source only', async () => {
    const upstream = await fixture.startUpstream(json(200, {}), undefined, { tls: true });
    await fixture.reply(fixture.sourceAt(upstream, { secrets: { client_certificate: CLIENT_BUNDLE } }));
    await fixture.reply(fixture.sourceAt(upstream, { key: 'db:2' }));
    expect(upstream.requests.map(({ clientName }) => clientName)).toEqual([CLIENT_NAME, undefined]);
  });
});

describe('connections', () => {
  const linger = { 'keep-alive': 'timeout=600', connection: 'keep-alive' };

  it('with a replaced client certificate, or to a source that was removed, are closed', async () => {
    const upstream = await fixture.startUpstream(json(200, {}, linger), undefined, { tls: true });
    const other = await fixture.startUpstream(json(200, {}, linger));
    const kept = fixture.sourceAt(other, { key: 'db:2' });
    const source = fixture.sourceAt(upstream, { secrets: { client_certificate: CLIENT_BUNDLE } });
    for (const each of [source, kept]) await fixture.reply(each);
    fixture.client.closeUnused([source, kept]);
    await fixture.reply(source);
    expect([await upstream.connections(), await other.connections()]).toEqual([1, 1]);

    const replaced = fixture.sourceAt(upstream, { secrets: {} });
    fixture.client.closeUnused([replaced, kept]);
    await eventually(async () => (await upstream.connections()) === 0, 20_000);
    await fixture.reply(replaced);
    expect(upstream.requests.map(({ clientName }) => clientName)).toEqual([CLIENT_NAME, CLIENT_NAME, undefined]);
    expect(await other.connections()).toBe(1);
    fixture.client.closeUnused([]);
    for (const each of [upstream, other]) await eventually(async () => (await each.connections()) === 0, 20_000);
  });

  it('finish their downloads first', async () => {
    let finish: (() => void) | undefined;
    const upstream = await fixture.startUpstream((response) => {
      response.writeHead(200).write('begin ');
      finish = () => response.end('end');
    });
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    fixture.client.closeUnused([]);
    finish!();
    expect((await bytesOf(reply)).toString()).toBe('begin end');
    await eventually(async () => (await upstream.connections()) === 0, 20_000);
  });
});

it('the timeout of a source replaces the one of the hub', async () => {
  const upstream = await fixture.startUpstream(hang());
  expect(await fixture.failure(fixture.sourceAt(upstream, { timeoutSeconds: 0.04 }))).toMatchObject({
    category: 'timeout',
  });
});
