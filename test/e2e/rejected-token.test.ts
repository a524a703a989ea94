import { adminClient } from '../support/admin-client.js';
import { json } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { useHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const start = useHubWithSources();
const REVOKED = 'hf_revoked-token';

/** A hub that knows one private repository, and rejects the token. Without a token, the repository looks missing. */
const rejectsToken: Responder = (response, request) => {
  const isWithToken = request.headers.authorization !== undefined;
  const headers: Record<string, string> = isWithToken
    ? { 'x-error-message': 'Invalid credentials in Authorization header' }
    : { 'x-error-code': 'RepoNotFound', 'x-error-message': 'Repository not found' };
  return json(401, { error: headers['x-error-message'] }, headers)(response, request);
};
const lookAlike = json(200, { id: 'acme/secret', sha: 'a'.repeat(40) });

const internal = (onError: 'next' | 'fail') => ({ name: 'internal', token: REVOKED, on_error: onError });
const tokensSeen = ({ sources }: HubWithSources): (string | undefined)[] =>
  sources[0]!.requests.map(({ headers }) => headers.authorization);

describe('a source that rejects its token', () => {
  it('stops the chain with on_error: fail, and nothing is bound', async () => {
    const hub = await start([rejectsToken, lookAlike], { facts: [internal('fail')] });
    const response = await hub.sendRequest('/api/models/acme/secret');
    expect(response.status).toBe(502);
    expect(response.headers['x-error-message']).toContain('Source "internal" rejected its token');
    expect(hub.sources[1]!.requests).toEqual([]);
    const { body } = await adminClient(hub.hub)('GET', '/fallback-sources/cache/stats');
    expect(body).toMatchObject({ size: 0, negative_size: 0 });
  });

  it('is named as rejected credentials if it has a user and a password', async () => {
    const facts = [{ name: 'internal', basic_auth: 'hub:wrong-password', on_error: 'fail' as const }];
    const hub = await start([rejectsToken], { facts });
    const response = await hub.sendRequest('/api/models/acme/secret');
    expect(response.json()).toMatchObject({
      error: 'Source "internal" rejected the credentials. Update them in Admin → Fallback sources.',
    });
    const { body } = await adminClient(hub.hub)('GET', '/fallback-sources/health');
    const lastError = 'It rejected the credentials. Update the user and password of this source.';
    expect(body).toMatchObject([{ last_error: lastError, token: 'rejected' }]);
  });

  it('is passed over with on_error: next, and the binding lasts 30 seconds at most', async () => {
    const hub = await start([rejectsToken, lookAlike], { facts: [internal('next')] });
    const response = await hub.sendRequest('/api/models/acme/secret');
    expect([response.status, response.headers['x-source']]).toEqual([200, 'B']);
  });

  it('does not turn into "not found" if no source serves', async () => {
    for (const onError of ['next', 'fail'] as const) {
      const hub = await start([rejectsToken], { facts: [internal(onError)] });
      expect((await hub.sendRequest('/api/models/acme/secret')).status).toBe(502);
    }
  });

  it('also stops the chain with a 401 that does not mention the token', async () => {
    const hub = await start([json(401, { error: 'Unauthorized' }), lookAlike], { facts: [internal('fail')] });
    expect((await hub.sendRequest('/api/models/acme/secret')).status).toBe(502);
    expect(hub.sources[1]!.requests).toEqual([]);
    const { body } = await adminClient(hub.hub)('GET', '/fallback-sources/health');
    expect((body as unknown[])[0]).toMatchObject({
      token: 'refused',
      last_error:
        'It refused a request with its token without a reason (HTTP 401). Check whether it is valid, and what its account may read.',
    });
    hub.sources[0]!.reply = lookAlike;
    await hub.sendRequest('/api/models/acme/open');
    const { body: later } = await adminClient(hub.hub)('GET', '/fallback-sources/health');
    expect((later as unknown[])[0]).toMatchObject({ token: 'unknown' });
  });

  it('receives the rejected token once, and is asked anonymously after that', async () => {
    const hub = await start([rejectsToken], { facts: [internal('next')] });
    for (let n = 0; n < 20; n++) await hub.sendRequest(`/api/models/acme/secret-${n}`);
    const tokens = tokensSeen(hub);
    expect(tokens.filter((token) => token !== undefined)).toEqual([`Bearer ${REVOKED}`]);
    expect(tokens).toHaveLength(21);
  });

  it('still serves what is public', async () => {
    const publicToo: Responder = (response, request) =>
      (request.headers.authorization ? rejectsToken : lookAlike)(response, request);
    const hub = await start([publicToo], { facts: [internal('fail')] });
    expect((await hub.sendRequest('/api/models/acme/open')).status).toBe(200);
  });

  it('is shown as rejected in the health API and in a dry run', async () => {
    const hub = await start([rejectsToken], { facts: [internal('fail')] });
    await hub.sendRequest('/api/models/acme/secret');
    const admin = adminClient(hub.hub);
    const { body: health } = await admin('GET', '/fallback-sources/health');
    expect(health).toMatchObject([{ name: 'internal', token: 'rejected' }]);
    const request = { op: 'info', repo_type: 'model', namespace: 'acme', name: 'secret' };
    const { body: dryRun } = await admin('POST', '/fallback/test/simulate', request);
    expect(dryRun).toMatchObject({ attempts: [{ category: 'token-rejected' }], final: { status: 502 } });
  });
});

describe('a source that treats an unknown token like none', () => {
  /** It has a public and a private repository. */
  const lenient =
    (whoami: Responder): Responder =>
    (response, request) => {
      if (request.url === '/api/whoami-v2') return whoami(response, request);
      const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
      return (request.url.includes('/open') ? json(200, { id: 'acme/open', sha: 'a'.repeat(40) }) : missing)(
        response,
        request,
      );
    };
  const denied = json(401, { error: 'Not authenticated' });
  const healthOf = async (hub: HubWithSources) =>
    ((await adminClient(hub.hub)('GET', '/fallback-sources/health')).body as { token: string }[])[0]!.token;
  const checks = ({ sources }: HubWithSources): number =>
    sources[0]!.requests.filter(({ url }) => url === '/api/whoami-v2').length;

  it('is asked whether it accepts the token before its "not found" is trusted', async () => {
    const hub = await start([lenient(denied), lookAlike], { facts: [internal('fail')] });
    expect((await hub.sendRequest('/api/models/acme/open')).status).toBe(200);
    expect(await healthOf(hub)).toBe('unknown');
    const response = await hub.sendRequest('/api/models/acme/secret');
    expect(response.status).toBe(502);
    expect(response.headers['x-error-message']).toContain('Source "internal" rejected its token');
    expect(hub.sources[1]!.requests).toEqual([]);
    expect([await healthOf(hub), checks(hub)]).toEqual(['rejected', 1]);
    for (const name of ['open2', 'secret2', 'secret3']) await hub.sendRequest(`/api/models/acme/${name}`);
    expect([await healthOf(hub), checks(hub), hub.sources[1]!.requests]).toEqual(['rejected', 1, []]);
  });

  it.each<[what: string, whoami: Responder, state: string]>([
    ['accepts it', json(200, { name: 'bot' }), 'valid'],
    ['does not have this request', json(404, { detail: 'Not Found' }), 'unknown'],
  ])('is trusted if it %s, and asked once', async (_what, whoami, state) => {
    const hub = await start([lenient(whoami), lookAlike], { facts: [internal('fail')] });
    for (const name of ['secret1', 'secret2', 'secret3'])
      expect((await hub.sendRequest(`/api/models/acme/${name}`)).headers['x-source']).toBe('B');
    expect([await healthOf(hub), checks(hub)]).toEqual([state, 1]);
  });

  it.each(['next', 'fail'] as const)('is not trusted while it cannot be asked, with on_error: %s', async (onError) => {
    const hub = await start([lenient(json(500, {}))], { facts: [internal(onError)] });
    const response = await hub.sendRequest('/api/models/acme/secret');
    expect([response.status, response.headers['retry-after']]).toEqual([503, '5']);
    hub.sources[0]!.reply = lenient(json(200, { name: 'bot' }));
    expect((await hub.sendRequest('/api/models/acme/secret')).status).toBe(404);
  });
});

describe('a source with on_error: fail', () => {
  it('stops the chain with a bare 403, such as a firewall sends', async () => {
    const hub = await start([json(403, { error: 'blocked' }), lookAlike], { facts: [{ on_error: 'fail' }] });
    const response = await hub.sendRequest('/api/models/acme/secret');
    expect(response.status).toBe(403);
    expect(hub.sources[1]!.requests).toEqual([]);
  });
});
