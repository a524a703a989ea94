import { form, json, MB, stream } from './bodies.js';
import { del, get, post, put, type RouteRow } from './route.js';

const USER = 'api/users/:name';
const ORGANIZATION = 'api/organizations/:name';
const SERVICE_ACCOUNTS = 'api/organizations/:organization/service-accounts';
const SERVICE_ACCOUNT = `${SERVICE_ACCOUNTS}/:account`;
const MEMBER = 'api/organizations/:organization/members/:user';
const ORGANIZATION_INVITATIONS = 'api/organizations/:organization/invitations';
/** Sign-in and registration also have limits for wrong passwords and new accounts. */
const SIGN_IN = { body: json() } as const;
const WRITE = { callers: 'writer', rate: 'write' } as const;
const INVITATION = 'api/invitations/:token';
const OWN_INVITATIONS = 'api/settings/invitations';
const WEBHOOKS = 'api/settings/webhooks';
const WEBHOOK = `${WEBHOOKS}/:id`;
const AUDIT = { callers: 'account', rate: 'search', capability: 'inspect organization' } as const;
/** Sessions of admins of the organization. */
const MANAGE = { callers: 'session', capability: 'manage members', rate: 'write' } as const;
const AVATAR = { ...WRITE, body: stream(MB) } as const;

/** Accounts, organizations, sessions and access tokens. */
export const ACCOUNT_ROUTES = {
  'auth.register': post('api/auth/register', { ...SIGN_IN, capability: 'register' }),
  'setup.get': get('api/auth/setup', { rate: 'check' }),
  'setup.create': post('api/auth/setup', { callers: 'administrator', capability: 'use passwords', body: json() }),
  'auth.login': post('api/auth/login', { ...SIGN_IN, capability: 'use passwords' }),
  'auth.logout': post('api/auth/logout'),
  'auth.me': get('api/auth/me', { callers: 'account' }),
  'auth.password': post('api/auth/password', {
    callers: 'session',
    rate: 'write',
    capability: 'use passwords',
    body: json(),
  }),
  'sessions.list': get('api/auth/sessions', { callers: 'session' }),
  'sessions.end': del('api/auth/sessions/:id', { callers: 'session', rate: 'write' }),
  'sessions.endOthers': del('api/auth/sessions', { callers: 'session', rate: 'write' }),
  'identities.list': get('api/auth/identities', { callers: 'session' }),
  'identities.link': post('api/auth/identities/:provider', { callers: 'session', rate: 'write' }),
  'identities.unlink': del('api/auth/identities/:id', { callers: 'session', rate: 'write' }),
  'oidc.start': get('api/auth/oidc/:provider/start', { rate: 'check' }),
  'oidc.callback': get('api/auth/oidc/:provider/callback', { rate: 'check' }),
  'oidc.logout': post('api/auth/oidc/:provider/backchannel-logout', { rate: 'check', body: form() }),
  'tokens.create': post('api/auth/tokens/create', { callers: 'session', rate: 'write', body: json() }),
  'tokens.list': get('api/auth/tokens', { callers: 'session' }),
  'tokens.rotate': post(['api/auth/tokens/:id/rotate', 'api/settings/tokens/:id/rotate'], {
    callers: 'session',
    rate: 'write',
  }),
  'tokens.revoke': del('api/auth/tokens/:id', { callers: 'account', rate: 'write' }),
  'oauth.device': post('oauth/device', { body: form() }),
  'oauth.token': post('oauth/token', { rate: 'check', body: form() }),
  'deviceLogins.get': get('api/auth/device/:code', { callers: 'session' }),
  'deviceLogins.decide': post('api/auth/device/:code', { callers: 'session', rate: 'write', body: json() }),
  whoami: get('api/whoami-v2', { callers: 'account' }),
  'organizations.create': post(['api/organizations/create', 'org/create'], { ...WRITE, body: json() }),
  'organizations.setRole': put(MEMBER, { ...WRITE, capability: 'manage members', body: json() }),
  'organizations.removeMember': del(MEMBER, WRITE),
  'invitations.list': get(ORGANIZATION_INVITATIONS, {
    callers: 'writer',
    rate: 'search',
    capability: 'manage members',
  }),
  'invitations.create': post(ORGANIZATION_INVITATIONS, { ...WRITE, capability: 'manage members', body: json() }),
  'invitations.revoke': del(`${ORGANIZATION_INVITATIONS}/:id`, { ...WRITE, capability: 'manage members' }),
  'invitations.own': get(OWN_INVITATIONS, { callers: 'session' }),
  'invitations.accept': post(`${OWN_INVITATIONS}/:id/accept`, { callers: 'session', rate: 'write' }),
  'invitations.decline': post(`${OWN_INVITATIONS}/:id/decline`, { callers: 'session', rate: 'write' }),
  'invitations.get': get(INVITATION, { rate: 'check' }),
  'invitations.acceptLink': post(`${INVITATION}/accept`, { callers: 'session', rate: 'write' }),
  'invitations.register': post(`${INVITATION}/register`, { ...SIGN_IN, capability: 'use invitation' }),
  'organizations.auditLog': get(`${ORGANIZATION}/audit-log`, AUDIT),
  'organizations.auditLogExport': get(`${ORGANIZATION}/audit-log/export`, AUDIT),
  'organizations.usage': get(`${ORGANIZATION}/usage`, AUDIT),
  'serviceAccounts.list': get(SERVICE_ACCOUNTS, { callers: 'session', rate: 'search' }),
  'serviceAccounts.create': post(SERVICE_ACCOUNTS, { ...MANAGE, body: json() }),
  'serviceAccounts.change': put(SERVICE_ACCOUNT, { ...MANAGE, body: json() }),
  'serviceAccounts.delete': del(SERVICE_ACCOUNT, MANAGE),
  'serviceAccounts.createToken': post(`${SERVICE_ACCOUNT}/tokens`, { ...MANAGE, body: json() }),
  'serviceAccounts.rotateToken': post(`${SERVICE_ACCOUNT}/tokens/:id/rotate`, MANAGE),
  'serviceAccounts.revokeToken': del(`${SERVICE_ACCOUNT}/tokens/:id`, MANAGE),
  'webhooks.list': get(WEBHOOKS, { callers: 'account' }),
  'webhooks.create': post(WEBHOOKS, { ...WRITE, body: json() }),
  'webhooks.get': get(WEBHOOK, { callers: 'account' }),
  'webhooks.update': post(WEBHOOK, { ...WRITE, body: json() }),
  'webhooks.delete': del(WEBHOOK, WRITE),
  'webhooks.enable': post(`${WEBHOOK}/enable`, WRITE),
  'webhooks.disable': post(`${WEBHOOK}/disable`, WRITE),
  'webhooks.deliveries': get(`${WEBHOOK}/deliveries`, { callers: 'account' }),
  'webhooks.replay': post(`${WEBHOOK}/deliveries/:delivery/replay`, WRITE),
  'profiles.userOverview': get(`${USER}/overview`),
  'profiles.organizationOverview': get(`${ORGANIZATION}/overview`),
  'profiles.user': get(`${USER}/profile`),
  'profiles.organization': get(`${ORGANIZATION}/profile`),
  'profiles.type': get(`${USER}/type`),
  'accounts.members': get(`${ORGANIZATION}/members`, { rate: 'search' }),
  'accounts.localMembers': get('org/:name/members', { rate: 'search' }),
  'accounts.followersOfOrganization': get(`${ORGANIZATION}/followers`, { rate: 'search' }),
  'accounts.followers': get(`${USER}/followers`, { rate: 'search' }),
  'accounts.following': get(`${USER}/following`, { rate: 'search' }),
  'accounts.likes': get(`${USER}/likes`, { rate: 'search' }),
  'accounts.repos': get(`${USER}/repos`, { rate: 'search' }),
  'settings.user': get(`${USER}/settings`, { callers: 'account' }),
  'settings.changeUser': put(`${USER}/settings`, { ...WRITE, capability: 'administer user', body: json() }),
  'settings.organization': get(`${ORGANIZATION}/settings`, { callers: 'account' }),
  'settings.changeOrganization': put(`${ORGANIZATION}/settings`, {
    ...WRITE,
    capability: 'administer organization',
    body: json(),
  }),
  'settings.repositories': get('api/settings/repositories', { callers: 'account', rate: 'search' }),
  'settings.organizationRepositories': get(`${ORGANIZATION}/settings/repositories`, {
    callers: 'account',
    rate: 'search',
  }),
  quota: get('api/quota/:namespace', { callers: 'account' }),
  'avatars.account': get('api/avatars/:name'),
  'avatars.user': get(`${USER}/avatar`),
  'avatars.putUser': put(`${USER}/avatar`, AVATAR),
  'avatars.deleteUser': del(`${USER}/avatar`, WRITE),
  'avatars.organization': get(`${ORGANIZATION}/avatar`),
  'avatars.putOrganization': put(`${ORGANIZATION}/avatar`, AVATAR),
  'avatars.deleteOrganization': del(`${ORGANIZATION}/avatar`, WRITE),
} as const satisfies Record<string, RouteRow>;
