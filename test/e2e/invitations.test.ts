import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { InvitationLinks } from '../../src/users/invitations/invitation-links.service.js';
import { Invitations } from '../../src/users/invitations/invitations.service.js';
import { MembershipsByInvitation } from '../../src/users/invitations/memberships-by-invitation.service.js';
import { BrowserClient } from '../support/browser-client.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { PASSWORD } from '../support/register-user.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { createTestOrganization, createTestUser } from '../support/test-users.js';

type Headers = Record<string, string>;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
interface NewInvitation {
  readonly id: number;
  readonly url: string | null;
}

const ACME = '/api/organizations/acme/invitations';
const HUB = '/admin/api/invitations';
const OWN = '/api/settings/invitations';
const DAY_MS = 24 * 60 * 60 * 1000;

let hub: RunningHub;
const send = (method: Method, path: string, headers: Headers = {}, json?: unknown): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { method, headers, ...(json !== undefined && { json }) });
const outcome = ({ status, json }: HttpResponse): unknown => {
  const { error, message } = json() as { error?: string; message?: string };
  return [status, error ?? message];
};
const signIn = async (username: string): Promise<Headers> => {
  const { headers } = await send('POST', '/api/auth/login', {}, { username, password: PASSWORD });
  return { cookie: headers['set-cookie']!.split(';')[0]! };
};
let users = 0;
/** A new user with a session. The hub has closed registration, so an administrator creates it. */
const newUser = async (): Promise<{ readonly name: string; readonly headers: Headers }> => {
  const name = `user-${++users}`;
  await send('POST', '/admin/api/accounts', admin(), { kind: 'user', name, password: PASSWORD });
  return { name, headers: await signIn(name) };
};
const admin = (): Headers => ({ 'x-admin-token': hub.adminToken });
const rolesIn = async (name: string): Promise<Record<string, string>> => {
  const members = (await send('GET', `/api/organizations/${name}/members`)).json() as { user: string; role: string }[];
  return Object.fromEntries(members.map(({ user, role }) => [user, role]));
};
const tokenOf = ({ url }: NewInvitation): string => url!.split('/invitations/')[1]!;
const linkOf = (created: NewInvitation): string => `/api/invitations/${tokenOf(created)}`;
const created = (response: HttpResponse): NewInvitation => {
  expect([response.status, response.json()]).toEqual([201, expect.anything()]);
  return response.json() as NewInvitation;
};
const invite = async (headers: Headers, body: object = {}): Promise<NewInvitation> =>
  created(await send('POST', ACME, headers, body));
const register = (invitation: NewInvitation, username: string): Promise<HttpResponse> =>
  send('POST', `${linkOf(invitation)}/register`, {}, { username, password: PASSWORD });
const eventsOf = async (action: string): Promise<unknown[]> =>
  ((await send('GET', `/admin/api/audit-log?action=${action}&limit=100`, admin())).json() as { events: unknown[] })
    .events;

/** Moves the clock of invitations. */
function setClock(now: () => Date): void {
  for (const service of [InvitationLinks, Invitations, MembershipsByInvitation])
    Object.assign(hub.app.get<object>(service, { strict: false }), { clock: now });
}

let ada: Headers;
beforeAll(async () => {
  hub = await startHub({ env: { KOHAKU_HUB_REGISTRATION: 'closed', KOHAKU_HUB_RATE_LIMIT_FACTOR: '0' } });
  for (const name of ['ada', 'wen'])
    await send('POST', '/admin/api/accounts', admin(), { kind: 'user', name, password: PASSWORD });
  await createTestOrganization(hub, 'acme', { ada: 'admin', wen: 'write' });
  ada = await signIn('ada');
});
beforeEach(() => setClock(() => new Date()));
afterAll(() => hub?.close());

describe('an invitation to an organization', () => {
  it('lets the invited user join with its role', async () => {
    const guest = await newUser();
    const { id, url } = await invite(ada, { username: guest.name, role: 'write' });
    expect(url).toBeNull();
    expect((await send('GET', OWN, guest.headers)).json()).toEqual({
      invitations: [{ id, organization: 'acme', role: 'write', invited_by: 'ada', expires_at: expect.any(String) }],
    });
    expect(outcome(await send('POST', `${OWN}/${id}/accept`, guest.headers))).toEqual([
      200,
      'You are now a member of acme',
    ]);
    expect((await rolesIn('acme'))[guest.name]).toBe('write');
    expect((await send('GET', OWN, guest.headers)).json()).toEqual({ invitations: [] });
    expect((await send('POST', `${OWN}/${id}/accept`, guest.headers)).status).toBe(404);
  });

  it('cannot be accepted, declined or seen by other users', async () => {
    const [guest, other] = [await newUser(), await newUser()];
    const { id } = await invite(ada, { username: guest.name });
    expect((await send('GET', OWN, other.headers)).json()).toEqual({ invitations: [] });
    for (const act of ['accept', 'decline'])
      expect((await send('POST', `${OWN}/${id}/${act}`, other.headers)).status).toBe(404);
    expect(await rolesIn('acme')).not.toHaveProperty(other.name);
    expect((await send('POST', `${OWN}/${id}/decline`, guest.headers)).status).toBe(200);
    expect((await send('POST', `${OWN}/${id}/accept`, guest.headers)).status).toBe(404);
  });

  it('is replaced by the next one of the same user', async () => {
    const guest = await newUser();
    const first = await invite(ada, { username: guest.name, role: 'admin' });
    const second = await invite(ada, { username: guest.name, role: 'read' });
    expect((await send('POST', `${OWN}/${first.id}/accept`, guest.headers)).status).toBe(404);
    expect((await send('POST', `${OWN}/${second.id}/accept`, guest.headers)).status).toBe(200);
    expect((await rolesIn('acme'))[guest.name]).toBe('read');
  });

  it.each([
    ['for a member', { username: 'wen' }, 409],
    ['for an unknown user', { username: 'nobody-here' }, 404],
    ['for another organization', { username: 'acme' }, 404],
    ['with another role', { role: 'owner' }, 400],
    ['for no time', { expires_in_days: 0 }, 400],
    ['for too long', { expires_in_days: 366 }, 400],
    ['with no uses', { max_uses: 0 }, 400],
  ])('is refused %s', async (_, body, status) => {
    expect((await send('POST', ACME, ada, body)).status).toBe(status);
  });

  it('is created, listed and revoked only by admins', async () => {
    const [wen, outsider] = [await signIn('wen'), await newUser()];
    const { id } = await invite(ada);
    for (const headers of [wen, outsider.headers])
      for (const [method, path] of [
        ['POST', ACME],
        ['GET', ACME],
        ['DELETE', `${ACME}/${id}`],
      ] as const)
        expect((await send(method, path, headers, method === 'POST' ? { role: 'admin' } : undefined)).status).toBe(403);
    expect((await send('POST', ACME, {}, {})).status).toBe(401);
    const { headers } = await createTestUser(hub, 'ada', 'read');
    expect((await send('POST', ACME, headers, {})).status).toBe(403);
  });

  it('cannot be revoked through another organization', async () => {
    const owner = await newUser();
    await createTestOrganization(hub, 'other', { [owner.name]: 'admin' });
    const invitation = await invite(ada);
    expect((await send('DELETE', `/api/organizations/other/invitations/${invitation.id}`, owner.headers)).status).toBe(
      404,
    );
    expect((await send('DELETE', `${HUB}/${invitation.id}`, admin())).status).toBe(404);
    expect((await send('GET', linkOf(invitation))).status).toBe(200);
  });
});

describe('an invitation link', () => {
  it('has a token that is only returned once, and is stored as a hash', async () => {
    const invitation = await invite(ada, { note: 'Team B' });
    expect(invitation.url).toMatch(new RegExp(`^${hub.url}/invitations/[\\w-]{43}$`));
    const list = await send('GET', ACME, ada);
    expect(list.json()).toMatchObject({
      invitations: expect.arrayContaining([expect.objectContaining({ note: 'Team B' })]),
    });
    expect(list.body).not.toContain(tokenOf(invitation));
    const rows = await hub.app.get(DataSource, { strict: false }).query('SELECT * FROM invitations, audit_events');
    expect(JSON.stringify(rows)).not.toContain(tokenOf(invitation));
  });

  it('shows who invites to what, without signing in', async () => {
    expect((await send('GET', linkOf(await invite(ada, { role: 'write' })))).json()).toEqual({
      id: null,
      organization: 'acme',
      role: 'write',
      invited_by: 'ada',
      expires_at: expect.any(String),
    });
  });

  it('requires a session to accept', async () => {
    const link = linkOf(await invite(ada));
    expect((await send('POST', `${link}/accept`)).status).toBe(401);
    const { headers } = await createTestUser(hub, (await newUser()).name);
    expect((await send('POST', `${link}/accept`, headers)).status).toBe(403);
  });

  it('is not accepted for a page of another site', async () => {
    const guest = await newUser();
    const headers = { ...guest.headers, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await send('POST', `${linkOf(await invite(ada))}/accept`, headers)).status).toBe(403);
  });

  it('can be used once by one of many users at the same time', async () => {
    const guests = await Promise.all(Array.from({ length: 6 }, newUser));
    const invitation = await invite(ada);
    const statuses = await Promise.all(
      guests.map(async ({ headers }) => (await send('POST', `${linkOf(invitation)}/accept`, headers)).status),
    );
    expect(statuses.sort()).toEqual([200, 410, 410, 410, 410, 410]);
    const roles = await rolesIn('acme');
    expect(guests.filter(({ name }) => name in roles)).toHaveLength(1);
    expect(outcome(await send('GET', linkOf(invitation)))).toEqual([
      410,
      'This invitation was already used. Ask for a new one.',
    ]);
  });

  it('can be used as often as its limit', async () => {
    const guests = await Promise.all(Array.from({ length: 3 }, newUser));
    const link = linkOf(await invite(ada, { max_uses: 2 }));
    const statuses = [];
    for (const { headers } of guests) statuses.push((await send('POST', `${link}/accept`, headers)).status);
    expect(statuses).toEqual([200, 200, 410]);
  });

  it('is not used up by members', async () => {
    const link = linkOf(await invite(ada));
    expect(outcome(await send('POST', `${link}/accept`, ada))).toEqual([409, 'You are already a member of "acme".']);
    expect((await send('POST', `${link}/accept`, (await newUser()).headers)).status).toBe(200);
  });

  it('expires after seven days, or when it should', async () => {
    const guest = await newUser();
    const [usual, short] = [linkOf(await invite(ada)), linkOf(await invite(ada, { expires_in_days: 1 }))];
    setClock(() => new Date(Date.now() + 1.1 * DAY_MS));
    expect(outcome(await send('POST', `${short}/accept`, guest.headers))).toEqual([
      410,
      'This invitation has expired. Ask for a new one.',
    ]);
    expect((await send('GET', usual)).status).toBe(200);
    setClock(() => new Date(Date.now() + 7.1 * DAY_MS));
    expect((await send('POST', `${usual}/accept`, guest.headers)).status).toBe(410);
    expect(((await send('GET', ACME, ada)).json() as { invitations: unknown[] }).invitations).toEqual([]);
  });

  it('is invalid after it was revoked, like a wrong one', async () => {
    const invitation = await invite(ada);
    expect((await send('DELETE', `${ACME}/${invitation.id}`, ada)).status).toBe(200);
    const revoked = await send('GET', linkOf(invitation));
    const wrong = await send('GET', `/api/invitations/${'a'.repeat(43)}`);
    expect(outcome(revoked)).toEqual([
      404,
      'This invitation is not valid. It may have been revoked. Ask for a new one.',
    ]);
    expect(outcome(wrong)).toEqual(outcome(revoked));
  });

  it('is invalid when its inviter is no longer an admin', async () => {
    const boss = await newUser();
    await send('PUT', `/api/organizations/acme/members/${boss.name}`, ada, { role: 'admin' });
    const invitation = await invite(boss.headers, { role: 'admin', max_uses: 5 });
    await send('DELETE', `/api/organizations/acme/members/${boss.name}`, ada);
    expect((await send('POST', `${linkOf(invitation)}/accept`, boss.headers)).status).toBe(404);
    expect(await rolesIn('acme')).not.toHaveProperty(boss.name);
  });

  it('permits no registration', async () => {
    expect((await register(await invite(ada), 'newcomer')).status).toBe(400);
  });

  it('leaves events without the token', async () => {
    const guest = await newUser();
    const invitation = await invite(ada, { role: 'write' });
    await send('POST', `${linkOf(invitation)}/accept`, guest.headers);
    const [invited] = await eventsOf('org.invite_user');
    expect(invited).toMatchObject({ actor: 'ada', owner: 'acme', data: { role: 'write', uses: 1 } });
    const [accepted] = await eventsOf('org.invite.accept');
    expect(accepted).toMatchObject({ actor: guest.name, owner: 'acme', object: guest.name });
  });

  it('limits wrong tokens of an address', async () => {
    const limited = await startHub({ env: {} });
    const statuses = new Set<number>();
    for (let n = 0; n < 102; n++) statuses.add((await sendRequest(limited.url, `/api/invitations/wrong-${n}`)).status);
    await limited.close();
    expect([...statuses]).toEqual([404, 429]);
  });
});

describe('an invitation to the hub', () => {
  const inviteToHub = async (body: object = {}): Promise<NewInvitation> =>
    created(await send('POST', HUB, admin(), body));

  it('permits one registration while registration is closed', async () => {
    expect((await send('POST', '/api/auth/register', {}, { username: 'eve', password: PASSWORD })).status).toBe(403);
    const invitation = await inviteToHub({ note: 'eve@example.com' });
    expect((await send('GET', linkOf(invitation))).json()).toMatchObject({ organization: null, invited_by: null });
    expect((await register(invitation, 'ada')).status).toBe(409); // the name is taken; the invitation can be used again
    expect((await register(invitation, 'eve')).status).toBe(200);
    expect(await signIn('eve')).toHaveProperty('cookie');
    expect((await register(invitation, 'eve-2')).status).toBe(410);
    const [event] = await eventsOf('user.create');
    expect(event).toMatchObject({ object: 'eve', data: { invitation: invitation.id } });
  });

  it('permits one of many registrations at the same time', async () => {
    const invitation = await inviteToHub();
    const names = Array.from({ length: 4 }, (_, n) => `racer-${n}`);
    const statuses = await Promise.all(names.map(async (name) => (await register(invitation, name)).status));
    expect(statuses.sort()).toEqual([200, 410, 410, 410]);
  });

  it('is for administrators, and ends when its inviter is no longer one', async () => {
    const boss = await newUser();
    expect((await send('POST', HUB, boss.headers, {})).status).toBe(403);
    for (const name of ['ada', boss.name])
      await send('PUT', `/admin/api/accounts/${name}`, admin(), { administrator: true }); // the last one stays
    const invitation = created(await send('POST', HUB, boss.headers, {}));
    await send('PUT', `/admin/api/accounts/${boss.name}`, admin(), { administrator: false });
    expect((await register(invitation, 'late')).status).toBe(404);
  });

  it('can be revoked, and cannot be accepted by users', async () => {
    const invitation = await inviteToHub();
    const guest = await newUser();
    expect((await send('POST', `${linkOf(invitation)}/accept`, guest.headers)).status).toBe(400);
    expect((await send('DELETE', `${HUB}/${invitation.id}`, admin())).status).toBe(200);
    expect((await register(invitation, 'late')).status).toBe(404);
  });
});

describe('an invitation to a hub that restricts a sign-in provider to domains', () => {
  let provider: ScriptedProvider;
  let restricted: RunningHub;
  beforeAll(async () => {
    provider = await ScriptedProvider.start();
    const env = { ...provider.settings, KOHAKU_HUB_OIDC_ALLOWED_DOMAINS: 'acme.example' };
    restricted = await startHub({ env });
  });
  afterAll(async () => {
    await restricted?.close();
    await provider?.close();
  });

  it('permits an account with another domain, which can sign in again', async () => {
    const headers = { 'x-admin-token': restricted.adminToken };
    const invitation = created(await sendRequest(restricted.url, HUB, { method: 'POST', headers, json: {} }));
    const start = '/api/auth/oidc/oidc/start';
    const open = (user: string, path: string): Promise<{ readonly path: string }> => {
      provider.user = { sub: user, preferred_username: user, email: `${user}@elsewhere.example`, email_verified: true };
      return new BrowserClient(restricted.url).open(path);
    };
    const invited = `${start}?invitation=${tokenOf(invitation)}`;
    expect((await open('guest', start)).path).toBe('/login?problem=domain&provider=oidc');
    expect((await open('guest', `${start}?invitation=wrong`)).path).toBe('/login?problem=invitation&provider=oidc');
    expect((await open('guest', invited)).path).toBe('/');
    expect((await open('guest', start)).path).toBe('/');
    expect((await open('second', invited)).path).toBe('/login?problem=invitation&provider=oidc');
  });
});
