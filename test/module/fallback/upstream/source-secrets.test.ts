import { hang, inSequence, json, redirect } from '../../../support/fake-replies.js';
import { requestText } from '../../../support/fake-upstream.js';
import { CLIENT_BUNDLE, CLIENT_NAME, TEST_CA } from '../../../support/test-tls.js';
import { UpstreamFixture } from '../../../support/upstream-fixture.js';

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

it('the timeout of a source replaces the one of the hub', async () => {
  const upstream = await fixture.startUpstream(hang());
  expect(await fixture.failure(fixture.sourceAt(upstream, { timeoutSeconds: 0.04 }))).toMatchObject({
    category: 'timeout',
  });
});
