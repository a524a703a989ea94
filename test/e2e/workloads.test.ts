import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnsecuredJWT, type JWTPayload } from 'jose';
import { commitBody, fileLine } from '../support/commit-body.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { PASSWORD } from '../support/register-user.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { createTestOrganization } from '../support/test-users.js';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.js';

type Headers = Record<string, string>;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const AUDIENCE = 'https://hub.example.com';
const CLAIMS = { sub: 'repo:acme/trainer:ref:refs/heads/main', repository: 'acme/trainer', ref: 'refs/heads/main' };
const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

let issuer: TokenIssuer;
let hub: RunningHub;
let admin: Headers;
let member: Headers;

const send = (method: Method, path: string, headers: Headers, json?: unknown): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { method, headers, ...(json !== undefined && { json }) });
const signIn = async (username: string): Promise<Headers> => {
  await send('POST', '/api/auth/register', {}, { username, password: PASSWORD });
  const { headers } = await send('POST', '/api/auth/login', {}, { username, password: PASSWORD });
  return { cookie: headers['set-cookie']!.split(';')[0]! };
};
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const commit = (name: string, headers: Headers): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/models/${name}/commit/main`, {
    method: 'POST',
    body: commitBody('Add a file', fileLine('a.txt', 'a')),
    headers: { 'content-type': 'application/x-ndjson', ...headers },
  });
const statusOf = async (response: Promise<HttpResponse>): Promise<number> => (await response).status;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  const env = { KOHAKU_HUB_BASE_URL: AUDIENCE, KOHAKU_HUB_TRUSTED_ISSUERS: `https://gitlab.com,${issuer.url}/` };
  hub = await startHub({ env });
  [admin, member] = [await signIn('ada'), await signIn('mel')];
  await createTestOrganization(hub, 'acme', { ada: 'admin', mel: 'write' });
  for (const name of ['bert', 'other'])
    await send('POST', '/api/repos/create', admin, { type: 'model', organization: 'acme', name, private: true });
});
afterAll(async () => {
  await hub?.close();
  await issuer?.close();
});

describe('a trusted publisher', () => {
  const PUBLISHERS = '/api/models/acme/bert/trusted-publishers';
  const publisher = (more: object = {}): object => ({
    name: 'Release',
    issuer: issuer.url,
    claims: { repository: CLAIMS.repository, ref: CLAIMS.ref },
    ...more,
  });
  const idToken = (claims: JWTPayload = {}): Promise<string> => issuer.sign({ aud: AUDIENCE, ...CLAIMS, ...claims });
  const exchange = (subject_token: string, more: object = {}): Promise<HttpResponse> =>
    send(
      'POST',
      '/oauth/token',
      {},
      { grant_type: GRANT, subject_token_type: ID_TOKEN, subject_token, resource: 'acme/bert', ...more },
    );
  const tokenOf = async (response: HttpResponse): Promise<Headers> => {
    expect([response.status, response.json()]).toEqual([200, expect.objectContaining({ expires_in: 3600 })]);
    return bearer((response.json() as { access_token: string }).access_token);
  };
  const refusal = (response: HttpResponse): unknown => {
    const { error, error_description } = response.json() as Record<string, string>;
    return [response.status, error, error_description];
  };

  beforeAll(async () => {
    expect(await statusOf(send('POST', PUBLISHERS, admin, publisher()))).toBe(201);
  });

  it('gets a token that writes to its repository for an hour, and nowhere else', async () => {
    const response = await exchange(await idToken());
    expect(response.json()).toMatchObject({
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'bearer',
    });
    const headers = await tokenOf(response);
    expect(await statusOf(commit('acme/bert', headers))).toBe(200);
    expect(await statusOf(commit('acme/other', headers))).toBe(404);
    const whoami = (await send('GET', '/api/whoami-v2', headers)).json() as { auth: { expiresAt: string } };
    expect(whoami).toMatchObject({
      name: 'acme',
      auth: {
        accessToken: {
          role: 'fineGrained',
          fineGrained: { scoped: [{ entity: { name: 'acme/bert' }, permissions: ['repo.write'] }] },
        },
      },
    });
    expect(Date.parse(whoami.auth.expiresAt) - Date.now()).toBeLessThanOrEqual(3_600_000);
    for (const [method, path] of [
      ['GET', PUBLISHERS],
      ['PUT', '/api/organizations/acme/settings'],
      ['GET', '/api/auth/tokens'],
    ] as const)
      expect([path, await statusOf(send(method, path, headers, method === 'PUT' ? { bio: 'x' } : undefined))]).toEqual([
        path,
        403,
      ]);
  });

  it('reads the keys of its issuer once', async () => {
    await exchange(await idToken());
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;
  it.each<[string, () => Promise<string>, string]>([
    ['another audience', () => idToken({ aud: 'https://huggingface.co' }), '"aud"'],
    ['no audience', () => issuer.sign(CLAIMS), '"aud"'],
    ['another branch', () => idToken({ ref: 'refs/heads/dev' }), 'no trusted publisher'],
    ['a claim in another case', () => idToken({ repository: 'Acme/trainer' }), 'no trusted publisher'],
    ['a missing claim', () => idToken({ ref: undefined }), 'no trusted publisher'],
    ['a list as claim', () => idToken({ ref: ['refs/heads/main'] }), 'no trusted publisher'],
    ['an expired token', () => idToken({ iat: seconds(-900), exp: seconds(-120) }), 'expired'],
    ['a token that is not valid yet', () => idToken({ nbf: seconds(600) }), '"nbf"'],
    ['no expiry', () => idToken({ exp: undefined }), '"exp"'],
    ['another issuer', () => idToken({ iss: 'https://evil.example' }), 'not allowed'],
    ['an allowed issuer that did not sign it', () => issuer.forge({ aud: AUDIENCE, ...CLAIMS }), 'signature'],
    [
      'the algorithm "none"',
      async () =>
        new UnsecuredJWT({ iss: issuer.url, aud: AUDIENCE, iat: seconds(0), exp: seconds(300), ...CLAIMS }).encode(),
      'algorithm',
    ],
    ['a text instead of a token', async () => 'hf_secret', 'JSON Web Token'],
  ])('is refused with %s', async (_, token, reason) => {
    expect(refusal(await exchange(await token()))).toEqual([400, 'invalid_grant', expect.stringContaining(reason)]);
  });

  it('exchanges an ID token once', async () => {
    const token = await idToken();
    const replies = await Promise.all([1, 2, 3].map(() => exchange(token)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(refusal(await exchange(token))).toEqual([
      400,
      'invalid_grant',
      expect.stringContaining('already exchanged'),
    ]);
  });

  it.each([
    [{ resource: 'acme/other' }, 'invalid_grant'],
    [{ resource: 'acme/missing' }, 'invalid_grant'],
    [{ resource: 'datasets/acme/bert' }, 'invalid_grant'],
    [{ resource: 'ada' }, 'invalid_target'],
    [{ resource: 'kernels/acme/bert' }, 'invalid_target'],
    [{ resource: undefined }, 'invalid_request'],
    [{ subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }, 'invalid_request'],
    [{ subject_token: undefined }, 'invalid_request'],
  ])('is refused with %j', async (more, error) => {
    expect(refusal(await exchange(await idToken(), more))).toEqual([400, error, expect.any(String)]);
  });

  it.each([
    ['a time that is far away', { exp: 1e15 }, 'expires too late'],
    [
      'an issue in the future',
      { iat: Math.floor(Date.now() / 1000) + 9000, exp: Math.floor(Date.now() / 1000) + 9900 },
      'not valid yet',
    ],
  ])('gets no token for an ID token with %s', async (_, claims, reason) => {
    expect(refusal(await exchange(await idToken(claims)))).toEqual([
      400,
      'invalid_grant',
      expect.stringContaining(reason),
    ]);
  });

  it('gets no token while the owner is disabled, and ends when its repository gets another owner', async () => {
    const owner = await signIn('owen');
    await createTestOrganization(hub, 'crew', { owen: 'admin' });
    await send('POST', '/api/repos/create', owner, { type: 'model', name: 'own' });
    await send('POST', '/api/models/owen/own/trusted-publishers', owner, publisher());
    const exchangeFor = async (resource: string) => exchange(await idToken(), { resource });
    const headers = await tokenOf(await exchangeFor('owen/own'));
    expect(await statusOf(commit('owen/own', headers))).toBe(200);
    const move = { fromRepo: 'owen/own', toRepo: 'crew/own', type: 'model' };
    expect(await statusOf(send('POST', '/api/repos/move', owner, move))).toBe(200);
    expect(await statusOf(commit('crew/own', headers))).toBe(401);
    const refused = [400, 'invalid_grant', expect.stringContaining('no trusted publisher')];
    expect(refusal(await exchangeFor('crew/own'))).toEqual(refused);
    await send('POST', '/api/repos/create', owner, { type: 'model', name: 'next' });
    await send('POST', '/api/models/owen/next/trusted-publishers', owner, publisher());
    await send('PUT', '/admin/api/accounts/owen', { 'x-admin-token': hub.adminToken }, { disabled: true });
    expect(refusal(await exchangeFor('owen/next'))).toEqual(refused);
  });

  it('ends with its publisher', async () => {
    const added = await send(
      'POST',
      PUBLISHERS,
      admin,
      publisher({ name: 'Dev', claims: { sub: 'dev' }, read_only: true }),
    );
    const headers = await tokenOf(await exchange(await idToken({ sub: 'dev', ref: 'refs/heads/dev' })));
    expect(await statusOf(send('GET', '/api/models/acme/bert', headers))).toBe(200);
    expect(await statusOf(commit('acme/bert', headers))).toBe(403);
    const { id } = added.json() as { id: number };
    expect(await statusOf(send('DELETE', `${PUBLISHERS}/${id}`, admin))).toBe(204);
    expect(await statusOf(send('GET', '/api/models/acme/bert', headers))).toBe(401);
    const listed = (await send('GET', PUBLISHERS, admin)).json();
    expect(listed).toMatchObject({
      trusted_publishers: [{ name: 'Release', last_used: expect.any(String) }],
      issuers: ['https://gitlab.com', issuer.url],
      audience: AUDIENCE,
    });
  });

  it.each([
    [{ issuer: 'https://evil.example' }, 'issuer'],
    [{ claims: { ref: 'refs/heads/main' } }, 'claims'],
    [{ claims: { sub: '' } }, 'claims'],
    [{ claims: { sub: 7 } }, 'claims'],
    [{ claims: [] }, 'claims'],
  ])('is not added with %j', async (more, field) => {
    const { status, json } = await send('POST', PUBLISHERS, admin, publisher(more));
    expect([status, (json() as { fields: { field: string }[] }).fields[0]!.field]).toEqual([400, field]);
  });

  it('is managed by admins of the owner only', async () => {
    expect(await statusOf(send('GET', PUBLISHERS, member))).toBe(403);
    expect(await statusOf(send('POST', PUBLISHERS, member, publisher()))).toBe(403);
    expect(await statusOf(send('GET', PUBLISHERS, {}))).toBe(401);
  });
});

describe('a service account', () => {
  const ACCOUNTS = '/api/organizations/acme/service-accounts';
  interface Created {
    readonly token: string;
    readonly id: number;
  }
  const newToken = async (body: object): Promise<Created> => {
    const created = await send('POST', `${ACCOUNTS}/acme-ci/tokens`, admin, { name: 'runner', ...body });
    expect([created.status, created.json()]).toEqual([200, expect.anything()]);
    return created.json() as Created;
  };

  beforeAll(async () => {
    expect(await statusOf(send('POST', ACCOUNTS, admin, { name: 'acme-ci', role: 'write' }))).toBe(201);
  });

  it('works with the role of its organization and the permissions of its token', async () => {
    const full = bearer((await newToken({ role: 'write' })).token);
    expect((await send('GET', '/api/whoami-v2', full)).json()).toMatchObject({
      name: 'acme-ci',
      orgs: [{ name: 'acme', roleInOrg: 'write' }],
    });
    expect([await statusOf(commit('acme/bert', full)), await statusOf(commit('acme/other', full))]).toEqual([200, 200]);
    const scoped = [{ entity: { type: 'model', name: 'acme/bert' }, permissions: ['repo.write'] }];
    const narrow = bearer((await newToken({ role: 'fineGrained', fineGrained: { scoped } })).token);
    expect([await statusOf(commit('acme/bert', narrow)), await statusOf(commit('acme/other', narrow))]).toEqual([
      200, 404,
    ]);
    const own = await send('POST', '/api/repos/create', full, { type: 'model', name: 'own' });
    expect(own.status).toBe(403);
    const members = (await send('GET', '/api/organizations/acme/members', admin)).json() as object[];
    expect(members).toContainEqual(expect.objectContaining({ user: 'acme-ci', isServiceAccount: true }));
    expect((await send('GET', '/api/users/acme-ci/overview', admin)).json()).toMatchObject({ isServiceAccount: true });
  });

  it('cannot create organizations', async () => {
    const headers = bearer((await newToken({ role: 'write' })).token);
    expect(await statusOf(send('POST', '/api/organizations/create', headers, { name: 'robots' }))).toBe(403);
  });

  it('has no password and no session', async () => {
    for (const password of ['', PASSWORD])
      expect(await statusOf(send('POST', '/api/auth/login', {}, { username: 'acme-ci', password }))).not.toBe(200);
    const set = send('POST', '/admin/api/accounts/acme-ci/password', { 'x-admin-token': hub.adminToken }, {});
    expect(await statusOf(set)).toBe(400);
  });

  it('is listed, rotated, disabled and deleted by admins of the organization', async () => {
    const { token, id } = await newToken({ role: 'read' });
    const rotated = await send('POST', `${ACCOUNTS}/acme-ci/tokens/${id}/rotate`, admin);
    const current = bearer((rotated.json() as Created).token);
    const whoami = (headers: Headers): Promise<number> => statusOf(send('GET', '/api/whoami-v2', headers));
    expect([await whoami(bearer(token)), await whoami(current)]).toEqual([401, 200]);
    expect((await send('GET', ACCOUNTS, admin)).json()).toMatchObject({
      service_accounts: [{ name: 'acme-ci', role: 'write', disabled: false, tokens: expect.any(Array) }],
    });
    const change = (body: object): Promise<number> => statusOf(send('PUT', `${ACCOUNTS}/acme-ci`, admin, body));
    expect([await change({ disabled: true }), await whoami(current)]).toEqual([200, 401]);
    expect([await change({ disabled: false, role: 'read' }), await whoami(current)]).toEqual([200, 200]);
    expect(await statusOf(send('DELETE', `${ACCOUNTS}/acme-ci/tokens/${id}`, admin))).toBe(200);
    expect(await whoami(current)).toBe(401);
    expect(await statusOf(send('DELETE', `${ACCOUNTS}/acme-ci`, admin))).toBe(200);
    expect((await send('GET', ACCOUNTS, admin)).json()).toEqual({ service_accounts: [] });
  });

  it('belongs to one organization, which needs an admin that is a person', async () => {
    await send('POST', ACCOUNTS, admin, { name: 'acme-bot', role: 'admin' });
    await createTestOrganization(hub, 'rival', { mel: 'admin' });
    const member = (organization: string, user: string): string => `/api/organizations/${organization}/members/${user}`;
    expect(await statusOf(send('PUT', member('rival', 'acme-bot'), await signIn('mel'), { role: 'read' }))).toBe(400);
    expect(await statusOf(send('DELETE', member('acme', 'acme-bot'), admin))).toBe(400);
    expect(await statusOf(send('DELETE', member('acme', 'ada'), admin))).toBe(409);
  });

  it.each([
    ['a member', () => member, 403],
    ['an anonymous caller', () => ({}), 401],
  ])('is not managed by %s', async (_, headers, status) => {
    expect(await statusOf(send('GET', ACCOUNTS, headers()))).toBe(status);
    expect(await statusOf(send('POST', ACCOUNTS, headers(), { name: 'acme-x' }))).toBe(status);
  });
});
