import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { startHub, type RunningHub } from '../../support/hub-app.js';
import { PASSWORD } from '../../support/register-user.js';
import { sendRequest, type HttpResponse } from '../../support/send-request.js';
import { createTestOrganization } from '../../support/test-users.js';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer.js';
import { OPERATIONS } from './operations.js';
import { requestOf } from './requests.js';
import { expectedOutcome, type Caller, type Outcome, type Permissions, type Rule } from './rules.js';

type Headers = Readonly<Record<string, string>>;
const AUDIENCE = 'https://hub.example.com';

let issuer: TokenIssuer;
let hub: RunningHub;
let owner: Headers;
const callers = new Map<string, Caller & { readonly headers: Headers }>();

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, headers: Headers, json?: unknown) =>
  sendRequest(hub.url, path, { method, headers, ...(json !== undefined && { json }) });
const tokenOf = ({ status, json }: HttpResponse): Headers => {
  expect([status, json()]).toEqual([200, expect.anything()]);
  const { token, access_token } = json() as Record<string, string>;
  return { authorization: `Bearer ${token ?? access_token}` };
};
const signIn = async (username: string): Promise<Headers> => {
  await send('POST', '/api/auth/register', {}, { username, password: PASSWORD });
  const { headers } = await send('POST', '/api/auth/login', {}, { username, password: PASSWORD });
  return { cookie: headers['set-cookie']!.split(';')[0]! };
};
const createToken = async (session: Headers, body: object): Promise<Headers> =>
  tokenOf(await send('POST', '/api/auth/tokens/create', session, { name: 'matrix', ...body }));
const createRepo = (name: string): Promise<HttpResponse> =>
  send('POST', '/api/repos/create', owner, { type: 'model', organization: 'acme', name, private: true });

const NAMED = { administrator: true };
const VALID = { isValid: true, hasAccount: true, hasSession: false } as const;
const ADMIN = { ...VALID, role: 'admin', credential: 'write', isOwner: true } as const;

/** Fine-grained tokens of `ada`, who is an admin of the organization. */
const FINE_GRAINED: Readonly<Record<string, Permissions>> = {
  'token without permissions': {},
  'token with repo.content.read': { repository: ['repo.content.read'] },
  'token with repo.access.read': { repository: ['repo.access.read'] },
  'token with repo.content.read and repo.access.read': { repository: ['repo.content.read', 'repo.access.read'] },
  'token with repo.write': { repository: ['repo.write'] },
  'token with repo.content.read of another repository': { sibling: ['repo.content.read'] },
  'token with repo.write of another repository': { sibling: ['repo.write'] },
  'token with repo.content.read of the organization': { organization: ['repo.content.read'] },
  'token with repo.write of the organization': { organization: ['repo.write'] },
  'token with org.read': { organization: ['org.read'] },
  'token with org.write': { organization: ['org.write'] },
  'token with repo.write of its account': { own: ['repo.write'] },
  'token with user.webhooks.write': { own: ['user.webhooks.write'] },
  'token with discussion.write': { global: ['discussion.write'] },
  'token with hub.admin of a user': { global: ['hub.admin'] },
};

function fineGrained({ repository, sibling, organization, own, global = [] }: Permissions): object {
  const scoped = [
    [{ type: 'model', name: 'acme/secret' }, repository],
    [{ type: 'model', name: 'acme/other' }, sibling],
    [{ type: 'org', name: 'acme' }, organization],
    [{ type: 'user', name: 'ada' }, own],
  ] as const;
  return {
    role: 'fineGrained',
    fineGrained: {
      global,
      scoped: scoped.flatMap(([entity, permissions]) => (permissions ? [{ entity, permissions }] : [])),
    },
  };
}

async function addPeople(): Promise<void> {
  const [mel, ren, sam] = [await signIn('mel'), await signIn('ren'), await signIn('sam')];
  await createTestOrganization(hub, 'acme', { ada: 'admin', mel: 'write', ren: 'read' });
  for (const name of ['secret', 'other']) expect((await createRepo(name)).status).toBe(200);
  const none = { role: undefined, credential: 'write' } as const;
  callers.set('anonymous', { ...VALID, ...none, hasAccount: false, headers: {} });
  callers.set('session of another user', { ...VALID, ...none, hasSession: true, headers: sam });
  callers.set('session of a reader', { ...VALID, role: 'read', credential: 'write', hasSession: true, headers: ren });
  callers.set('session of a writer', { ...VALID, role: 'write', credential: 'write', hasSession: true, headers: mel });
  callers.set('session of an admin', { ...ADMIN, hasSession: true, headers: owner });
  const melToken = await createToken(mel, { role: 'write' });
  callers.set('token of a writer', { ...VALID, role: 'write', credential: 'write', headers: melToken });
  callers.set('token of an admin', { ...ADMIN, headers: await createToken(owner, { role: 'write' }) });
  const read = await createToken(owner, { role: 'read' });
  callers.set('read token of an admin', { ...ADMIN, credential: 'read', headers: read });
  const breakGlass = { 'x-admin-token': hub.adminToken };
  callers.set('admin token', { ...VALID, ...none, hasAccount: false, isAdministrator: true, headers: breakGlass });
}

/** Outside of the admin API, administrators have the rights of other users. */
async function addAdministrator(): Promise<void> {
  const root = await signIn('root-user');
  const none = { ...VALID, role: undefined, credential: 'write' } as const;
  const named = await send('PUT', '/admin/api/accounts/root-user', { 'x-admin-token': hub.adminToken }, NAMED);
  expect(named.status).toBe(200);
  callers.set('session of an administrator', { ...none, hasSession: true, isAdministrator: true, headers: root });
  callers.set('token of an administrator', { ...none, headers: await createToken(root, { role: 'write' }) });
  for (const [name, credential, isAdministrator] of [
    ['token with hub.admin of an administrator', { global: ['hub.admin'] }, true],
    ['token with discussion.write of an administrator', { global: ['discussion.write'] }, false],
  ] as const) {
    const headers = await createToken(root, fineGrained(credential));
    callers.set(name, { ...none, credential, isAdministrator, headers });
  }
}

async function addTokens(): Promise<void> {
  for (const [name, credential] of Object.entries(FINE_GRAINED))
    callers.set(name, { ...ADMIN, credential, headers: await createToken(owner, fineGrained(credential)) });
  const mel = await send('POST', '/api/auth/login', {}, { username: 'mel', password: PASSWORD });
  const session = { cookie: mel.headers['set-cookie']!.split(';')[0]! };
  const credential = { organization: ['repo.write', 'org.write'] };
  const headers = await createToken(session, fineGrained(credential));
  callers.set('token with all permissions of a writer', { ...VALID, role: 'write', credential, headers });
  const expired = await createToken(owner, { name: 'expired', role: 'write' });
  await hub.app
    .get(DataSource, { strict: false })
    .query(`UPDATE access_tokens SET expires_at = now() WHERE name = 'expired'`);
  callers.set('expired token', { ...ADMIN, isValid: false, headers: expired });
  const created = await send('POST', '/api/auth/tokens/create', owner, { name: 'revoked', role: 'write' });
  const revoked = tokenOf(created);
  expect((await send('GET', '/api/whoami-v2', revoked)).status).toBe(200);
  await send('DELETE', `/api/auth/tokens/${(created.json() as { id: number }).id}`, owner);
  callers.set('token that was just revoked', { ...ADMIN, isValid: false, headers: revoked });
}

async function addMachines(): Promise<void> {
  const accounts = '/api/organizations/acme/service-accounts';
  expect((await send('POST', accounts, owner, { name: 'acme-ci', role: 'write' })).status).toBe(201);
  const service = tokenOf(await send('POST', `${accounts}/acme-ci/tokens`, owner, { name: 'ci', role: 'write' }));
  callers.set('service account', { ...VALID, role: 'write', credential: 'write', headers: service });
  for (const [name, repository, where] of [
    ['trusted publisher', 'secret', 'repository'],
    ['trusted publisher of another repository', 'other', 'sibling'],
  ] as const) {
    const claims = { sub: repository };
    const publisher = { name, issuer: issuer.url, claims };
    expect((await send('POST', `/api/models/acme/${repository}/trusted-publishers`, owner, publisher)).status).toBe(
      201,
    );
    const body = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      subject_token: await issuer.sign({ aud: AUDIENCE, ...claims }),
      resource: `acme/${repository}`,
    };
    const headers = tokenOf(await send('POST', '/oauth/token', {}, body));
    callers.set(name, { ...VALID, role: 'admin', credential: { [where]: ['repo.write'] }, headers });
  }
}

beforeAll(async () => {
  issuer = await startTokenIssuer();
  const env = {
    KOHAKU_HUB_BASE_URL: AUDIENCE,
    KOHAKU_HUB_TRUSTED_ISSUERS: issuer.url,
    KOHAKU_HUB_RATE_LIMIT_FACTOR: '0',
    KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1',
  };
  hub = await startHub({ env });
  owner = await signIn('ada');
  await addPeople();
  await addTokens();
  await addAdministrator();
  await addMachines();
});
afterAll(async () => {
  await hub?.close();
  await issuer?.close();
});

const isHidden = ({ headers, body }: HttpResponse): boolean =>
  headers['x-error-code'] === 'RepoNotFound' || body.includes('NAME_UNKNOWN');

/** The limit of requests to the admin API counts addresses, and has no setting. */
let addresses = 0;
const nextAddress = (): string => `198.51.${Math.floor(++addresses / 250) % 250}.${addresses % 250}`;

async function outcomeOf(operation: string, headers: Headers): Promise<Outcome> {
  if (operation === 'DELETE /api/repos/delete') await createRepo('victim');
  const { method, path, body } = requestOf(operation);
  const response = await sendRequest(hub.url, path, {
    method,
    headers: { ...headers, 'x-forwarded-for': nextAddress() },
    ...(body !== undefined && { json: body }),
  });
  if (response.status === 429) throw new Error(`${operation} is refused by a limit`);
  if (isHidden(response) && !path.startsWith('/admin/')) return 'hidden';
  return response.status === 401 || response.status === 403 ? `${response.status}` : 'open';
}

const declared = Object.entries(OPERATIONS).flatMap(([rule, operations]) =>
  operations.map((operation) => [operation, rule as Rule] as const),
);

describe('the rights of callers', () => {
  it('are declared for each operation of the API', () => {
    const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(declared.map(([operation]) => operation).sort()).toEqual(operations.sort());
  });

  it.each(Object.keys(OPERATIONS))('follow the rule "%s"', async (name) => {
    const rule = name as Rule;
    const [actual, expected]: Record<string, string>[] = [{}, {}];
    for (const operation of OPERATIONS[rule])
      for (const [caller, { headers, ...facts }] of callers) {
        const cell = `${operation} by ${caller}`;
        actual![cell] = await outcomeOf(operation, headers);
        expected![cell] = expectedOutcome(rule, facts);
      }
    expect(actual).toEqual(expected);
  });
});
