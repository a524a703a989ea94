import { expect } from '@jest/globals';
import { DataSource } from 'typeorm';
import { PASSWORD } from '../../support/register-user.js';
import type { HttpResponse } from '../../support/send-request.js';
import { createTestOrganization } from '../../support/test-users.js';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer.js';
import { Replicas, type Headers } from './replicas.js';
import type { Caller, Permissions } from './rules.js';

const AUDIENCE = 'https://hub.example.com';

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

export const tokenOf = ({ status, json }: HttpResponse): Headers => {
  expect([status, json()]).toEqual([200, expect.anything()]);
  const { token, access_token } = json() as Record<string, string>;
  return { authorization: `Bearer ${token ?? access_token}` };
};

/** A hub with the organization `acme` and its private models `secret` and `other`, and callers with all kinds of rights. */
export class MatrixCallers {
  readonly all = new Map<string, Caller & { readonly headers: Headers }>();
  owner: Headers = {};

  private constructor(
    readonly replicas: Replicas,
    private readonly issuer: TokenIssuer,
  ) {}

  static async start(startReplicas: (env: Headers) => Promise<Replicas>): Promise<MatrixCallers> {
    const issuer = await startTokenIssuer();
    const replicas = await startReplicas({
      KOHAKU_HUB_BASE_URL: AUDIENCE,
      KOHAKU_HUB_TRUSTED_ISSUERS: issuer.url,
      KOHAKU_HUB_RATE_LIMIT_FACTOR: '0',
      KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1',
    });
    const callers = new MatrixCallers(replicas, issuer);
    callers.owner = await callers.signUp('ada');
    return callers;
  }

  /** Creates the callers of the whole matrix. */
  async addAll(): Promise<void> {
    await this.addPeople();
    await this.addTokens();
    await this.addAdministrator();
    await this.addMachines();
  }

  send: Replicas['send'] = (...request) => this.replicas.send(...request);

  /** @returns the headers of a session */
  async signIn(username: string): Promise<Headers> {
    const { headers } = await this.send('POST', '/api/auth/login', {}, { username, password: PASSWORD });
    return { cookie: headers['set-cookie']!.split(';')[0]! };
  }

  async signUp(username: string): Promise<Headers> {
    await this.send('POST', '/api/auth/register', {}, { username, password: PASSWORD });
    return this.signIn(username);
  }

  async createToken(session: Headers, body: object): Promise<Headers> {
    return tokenOf(await this.send('POST', '/api/auth/tokens/create', session, { name: 'matrix', ...body }));
  }

  createRepo(name: string): Promise<HttpResponse> {
    const body = { type: 'model', organization: 'acme', name, private: true };
    return this.send('POST', '/api/repos/create', this.owner, body);
  }

  /** Creates the organization with members who exist, and its repositories. */
  async createOrganization(members: Parameters<typeof createTestOrganization>[2]): Promise<void> {
    await createTestOrganization(this.replicas.hubs[0]!, 'acme', members);
    for (const name of ['secret', 'other']) expect((await this.createRepo(name)).status).toBe(200);
  }

  async close(): Promise<void> {
    await this.replicas.close();
    await this.issuer.close();
  }

  private async addPeople(): Promise<void> {
    const [mel, ren, sam] = [await this.signUp('mel'), await this.signUp('ren'), await this.signUp('sam')];
    await this.createOrganization({ ada: 'admin', mel: 'write', ren: 'read' });
    const none = { role: undefined, credential: 'write' } as const;
    const session = { ...VALID, credential: 'write', hasSession: true } as const;
    this.all.set('anonymous', { ...VALID, ...none, hasAccount: false, headers: {} });
    this.all.set('session of another user', { ...session, role: undefined, headers: sam });
    this.all.set('session of a reader', { ...session, role: 'read', headers: ren });
    this.all.set('session of a writer', { ...session, role: 'write', headers: mel });
    this.all.set('session of an admin', { ...ADMIN, hasSession: true, headers: this.owner });
    const melToken = await this.createToken(mel, { role: 'write' });
    this.all.set('token of a writer', { ...VALID, role: 'write', credential: 'write', headers: melToken });
    this.all.set('token of an admin', { ...ADMIN, headers: await this.createToken(this.owner, { role: 'write' }) });
    const read = await this.createToken(this.owner, { role: 'read' });
    this.all.set('read token of an admin', { ...ADMIN, credential: 'read', headers: read });
    const breakGlass = { 'x-admin-token': this.replicas.hubs[0]!.adminToken };
    this.all.set('admin token', { ...VALID, ...none, hasAccount: false, isAdministrator: true, headers: breakGlass });
  }

  /** Outside of the admin API, administrators have the rights of other users. */
  private async addAdministrator(): Promise<void> {
    const root = await this.signUp('root-user');
    const none = { ...VALID, role: undefined, credential: 'write' } as const;
    const headers = { 'x-admin-token': this.replicas.hubs[0]!.adminToken };
    expect((await this.send('PUT', '/admin/api/accounts/root-user', headers, NAMED)).status).toBe(200);
    this.all.set('session of an administrator', { ...none, hasSession: true, isAdministrator: true, headers: root });
    this.all.set('token of an administrator', { ...none, headers: await this.createToken(root, { role: 'write' }) });
    for (const [name, credential, isAdministrator] of [
      ['token with hub.admin of an administrator', { global: ['hub.admin'] }, true],
      ['token with discussion.write of an administrator', { global: ['discussion.write'] }, false],
    ] as const) {
      const token = await this.createToken(root, fineGrained(credential));
      this.all.set(name, { ...none, credential, isAdministrator, headers: token });
    }
  }

  private async addTokens(): Promise<void> {
    for (const [name, credential] of Object.entries(FINE_GRAINED)) {
      const token = await this.createToken(this.owner, fineGrained(credential));
      this.all.set(name, { ...ADMIN, credential, headers: token });
    }
    const credential = { organization: ['repo.write', 'org.write'] };
    const headers = await this.createToken(await this.signIn('mel'), fineGrained(credential));
    this.all.set('token with all permissions of a writer', { ...VALID, role: 'write', credential, headers });
    const expired = await this.createToken(this.owner, { name: 'expired', role: 'write' });
    await this.replicas.hubs[0]!.app.get(DataSource, { strict: false }).query(
      `UPDATE access_tokens SET expires_at = now() WHERE name = 'expired'`,
    );
    this.all.set('expired token', { ...ADMIN, isValid: false, headers: expired });
    const created = await this.send('POST', '/api/auth/tokens/create', this.owner, { name: 'revoked', role: 'write' });
    const revoked = tokenOf(created);
    for (const _ of this.replicas.hubs) expect((await this.send('GET', '/api/whoami-v2', revoked)).status).toBe(200);
    await this.send('DELETE', `/api/auth/tokens/${(created.json() as { id: number }).id}`, this.owner);
    this.all.set('token that was just revoked', { ...ADMIN, isValid: false, headers: revoked });
  }

  private async addMachines(): Promise<void> {
    const service = await this.addServiceAccount();
    this.all.set('service account', {
      ...VALID,
      role: 'write',
      credential: 'write',
      isServiceAccount: true,
      headers: service,
    });
    for (const [name, repository, where] of [
      ['trusted publisher', 'secret', 'repository'],
      ['trusted publisher of another repository', 'other', 'sibling'],
    ] as const) {
      const { headers } = await this.addPublisher(name, repository);
      this.all.set(name, { ...VALID, role: 'admin', credential: { [where]: ['repo.write'] }, headers });
    }
  }

  /** @returns the token of the service account `acme-ci` */
  async addServiceAccount(): Promise<Headers> {
    const accounts = '/api/organizations/acme/service-accounts';
    const account = { name: 'acme-ci', role: 'write' };
    expect((await this.send('POST', accounts, this.owner, account)).status).toBe(201);
    const token = { name: 'ci', role: 'write' };
    return tokenOf(await this.send('POST', `${accounts}/acme-ci/tokens`, this.owner, token));
  }

  /** @returns the id of the publisher, and the token of one of its jobs */
  async addPublisher(name: string, repository: string): Promise<{ readonly id: number; readonly headers: Headers }> {
    const claims = { sub: repository };
    const path = `/api/models/acme/${repository}/trusted-publishers`;
    const created = await this.send('POST', path, this.owner, { name, issuer: this.issuer.url, claims });
    expect(created.status).toBe(201);
    const body = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      subject_token: await this.issuer.sign({ aud: AUDIENCE, ...claims }),
      resource: `acme/${repository}`,
    };
    const headers = tokenOf(await this.send('POST', '/oauth/token', {}, body));
    return { id: (created.json() as { id: number }).id, headers };
  }
}
