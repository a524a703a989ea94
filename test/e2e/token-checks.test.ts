import { adminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { json, reset } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

interface Health {
  readonly name: string;
  readonly token: string;
  readonly token_checked_at: string | null;
  readonly requests: number;
  readonly failures: number;
  readonly last_error: string | null;
}

const missing = json(401, { error: 'Invalid username or password.' }, { 'x-error-code': 'RepoNotFound' });
const accepts = (token: string): Responder => {
  const whoami = json(200, { type: 'user', name: 'bot' });
  const denied = json(401, { error: 'Invalid credentials in Authorization header' });
  return (response, request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return missing(response, request);
    return (authorization === `Bearer ${token}` ? whoami : denied)(response, request);
  };
};
const gateway: Responder = (response, request) =>
  (request.headers.authorization ? json(200, []) : json(401, {}))(response, request);

describe('the credentials of sources are checked without any request of a user', () => {
  const before = Date.now();
  let hub: HubWithSources;
  const healthOf = async (name: string): Promise<Health | undefined> =>
    ((await adminClient(hub.hub)('GET', '/fallback-sources/health')).body as Health[]).find(
      (health) => health.name === name,
    );
  /** The health of a source when its check is complete. */
  const checked = async (name: string, state: string): Promise<Health> => {
    let health: Health | undefined;
    await eventually(async () => {
      health = await healthOf(name);
      return health?.token === state && health.token_checked_at !== null;
    });
    return health!;
  };

  beforeAll(async () => {
    const replies = [accepts('hf_good'), accepts(''), accepts('hf_good'), reset(), gateway];
    const credentials = [{ token: 'hf_good' }, {}, { token: 'hf_expired' }, { token: 'hf_good' }];
    hub = await startHubWithSources(replies, {
      facts: [...credentials, { basic_auth: 'hub:secret' }],
      env: { KOHAKU_HUB_FALLBACK_TOKEN_CHECK_HOURS: '6', KOHAKU_HUB_FALLBACK_HEDGE_MS: '0' },
    });
  });
  afterAll(() => hub.close());
  const sentTo = (place: number): (string | undefined)[] =>
    hub.sources[place]!.requests.map(({ headers }) => headers.authorization);

  it('a valid token is shown with the time, and the check does not count as a request', async () => {
    const health = await checked('A', 'valid');
    expect(health).toMatchObject({ requests: 0, failures: 0, last_error: null });
    expect(Date.parse(health.token_checked_at!)).toBeGreaterThanOrEqual(before);
    expect(hub.sources[0]!.requests.map(({ url }) => url)).toEqual(['/api/whoami-v2']);
    expect(sentTo(1)).toEqual([]); // it has no token
    const metrics = await hub.sendRequest('/metrics', { headers: { 'x-admin-token': hub.hub.adminToken } });
    expect(metrics.body.toString()).toContain('hubfall_upstream_token_state{source="A",state="valid"} 1');
  });

  it('a source that is unavailable leaves the state unknown, and has not failed', async () => {
    expect(await checked('D', 'unknown')).toMatchObject({ requests: 0, failures: 0, last_error: null });
  });

  it('a password is accepted if requests without it are refused', async () => {
    expect(await checked('E', 'valid')).toMatchObject({ requests: 0, failures: 0 });
    expect(sentTo(4)).toEqual([expect.stringMatching(/^Basic /), undefined]);
  });

  it('a rejected token is not sent with the first request', async () => {
    expect(await checked('C', 'rejected')).toMatchObject({
      requests: 0,
      failures: 0,
      last_error: 'It rejected its token. Update the token of this source.',
    });
    hub.sources[2]!.forget();
    await hub.sendRequest('/api/models/acme/secret');
    expect(sentTo(2)).toEqual([undefined]);
  });

  it('a token is checked when it is entered or changed, and not after other changes', async () => {
    const admin = adminClient(hub.hub);
    const url = hub.sources[0]!.url;
    const setting = { name: 'Stored', url, source_type: 'huggingface', token: 'hf_old', namespace: 'acme' };
    const { id } = (await admin('POST', '/fallback-sources', setting)).body as { id: number };
    await checked('Stored', 'rejected');
    await admin('PUT', `/fallback-sources/${id}`, { token: 'hf_good' });
    await checked('Stored', 'valid');
    hub.sources[0]!.forget();
    await admin('PUT', `/fallback-sources/${id}`, { priority: 7 });
    await admin('PUT', `/fallback-sources/${id}`, { token: 'hf_newer' });
    await checked('Stored', 'rejected');
    expect(sentTo(0)).toEqual(['Bearer hf_newer']);
  });

  it('a disabled source is not asked, and a connection test shows the state', async () => {
    const admin = adminClient(hub.hub);
    const setting = { name: 'Off', url: hub.sources[0]!.url, source_type: 'huggingface', enabled: false };
    const { id } = (await admin('POST', '/fallback-sources', { ...setting, token: 'hf_good' })).body as { id: number };
    await admin('POST', '/fallback-sources', { ...setting, name: 'On', enabled: true, token: 'hf_good' });
    await checked('On', 'valid');
    expect(await healthOf('Off')).toMatchObject({ token: 'unknown', token_checked_at: null });
    await admin('POST', `/fallback-sources/${id}/test`);
    expect(await healthOf('Off')).toMatchObject({ token: 'valid', token_checked_at: expect.any(String) as string });
  });
});
