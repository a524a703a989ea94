import type { HubConfig, OidcProvider } from './hub-config.js';
import { FIRST_ID } from './oidc-parsers.js';
import type { Settings } from './variables.js';

/** The providers of the single variables and of the list. */
export function oidcOf(settings: Settings): HubConfig['signIn'] {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcProviders: others = [] } = settings;
  const first: OidcProvider[] =
    issuer === undefined || clientId === undefined
      ? []
      : [
          {
            id: FIRST_ID,
            name: settings.oidcName,
            issuer,
            clientId,
            clientSecret: settings.oidcClientSecret,
            scopes: settings.oidcScopes,
            groupsClaim: settings.oidcGroupsClaim,
            groups: settings.oidcGroups,
            adminGroup: settings.oidcAdminGroup,
            allowedDomains: settings.oidcAllowedDomains,
          },
        ];
  return { password: settings.passwordSignIn, providers: [...first, ...others] };
}

/** Problems of the settings together. */
export function oidcProblems({ oidcIssuer, oidcClientId, oidcProviders, passwordSignIn }: Settings): string[] {
  const problems: string[] = [];
  if ((oidcIssuer === undefined) !== (oidcClientId === undefined)) {
    const [set, unset] = oidcIssuer === undefined ? ['CLIENT_ID', 'ISSUER'] : ['ISSUER', 'CLIENT_ID'];
    problems.push(`KOHAKU_HUB_OIDC_${unset} must be set if KOHAKU_HUB_OIDC_${set} is set`);
  }
  const hasProvider = oidcIssuer !== undefined || (Array.isArray(oidcProviders) && oidcProviders.length > 0);
  if (passwordSignIn === false && !hasProvider)
    problems.push('KOHAKU_HUB_PASSWORD_SIGN_IN is false, so KOHAKU_HUB_OIDC_ISSUER must be set: no user could sign in');
  return problems;
}
