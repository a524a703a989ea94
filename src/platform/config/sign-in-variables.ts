import * as parse from './parsers.js';
import { domains, issuer, parseGroups, parseProviders, scopes } from './oidc-parsers.js';
import { secret, optional, withDefault } from './variable.js';

/** How users get accounts and sign in. */
export const SIGN_IN_VARIABLES = {
  oidcIssuer: optional(
    'KOHAKU_HUB_OIDC_ISSUER',
    issuer,
    'Issuer of the OIDC provider that users sign in with, such as https://login.example.com/realms/acme. Unset: users sign in with passwords',
  ),
  oidcClientId: optional('KOHAKU_HUB_OIDC_CLIENT_ID', parse.printable(1, 500), 'Client ID of this hub at the provider'),
  oidcClientSecret: secret(
    'KOHAKU_HUB_OIDC_CLIENT_SECRET',
    parse.printable(1, 1000),
    'Client secret. Unset: the hub is a public client, which is protected by PKCE only',
  ),
  oidcName: withDefault(
    'KOHAKU_HUB_OIDC_NAME',
    'your company account',
    parse.printable(1, 60),
    'Name of the provider on the sign-in page: Continue with …',
  ),
  oidcScopes: withDefault(
    'KOHAKU_HUB_OIDC_SCOPES',
    'openid profile email',
    scopes,
    'Scopes that are requested, separated by spaces. Some providers need groups to report groups',
  ),
  oidcGroupsClaim: withDefault(
    'KOHAKU_HUB_OIDC_GROUPS_CLAIM',
    'groups',
    parse.printable(1, 100),
    'Claim with the list of groups of the user. A dot leads into an object, as in realm_access.roles',
  ),
  oidcGroups: withDefault(
    'KOHAKU_HUB_OIDC_GROUPS',
    '',
    parseGroups,
    'Comma-separated organizations and roles that groups give, such as ml-team=acme:write,ml-leads=acme:admin. They are read at each sign-in',
  ),
  oidcAdminGroup: optional(
    'KOHAKU_HUB_OIDC_ADMIN_GROUP',
    parse.printable(1, 200),
    'Group whose members are administrators of this hub. It is read at each sign-in',
  ),
  oidcAllowedDomains: withDefault(
    'KOHAKU_HUB_OIDC_ALLOWED_DOMAINS',
    '',
    domains,
    'Comma-separated domains of the verified e-mail addresses that may sign in, such as example.com. If it is empty, all users of the provider may',
  ),
  oidcProviders: secret(
    'KOHAKU_HUB_OIDC_PROVIDERS',
    parseProviders,
    'JSON list of further providers, see docs/sign-in.md: [{"id": "okta", "name": "Okta", "issuer": "https://acme.okta.com", "client_id": "…", "client_secret": "…"}]',
  ),
  passwordSignIn: withDefault(
    'KOHAKU_HUB_PASSWORD_SIGN_IN',
    'true',
    parse.boolean,
    'Whether users can sign in and sign up with passwords. false requires an OIDC provider. Access tokens continue to work',
  ),
};
