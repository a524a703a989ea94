import { Injectable, Logger } from '@nestjs/common';
import * as openid from 'openid-client';
import type { OidcProvider } from '../../platform/config/hub-config.js';
import {
  domainProblem,
  readUser,
  storedSubject,
  type Claims,
  type DomainProblem,
  type ExternalUser,
} from './claims.js';
import { OidcClients } from './oidc-client.service.js';
import { ProviderUnreachable } from './provider-requests.service.js';
import type { SignInFlow } from './sign-in-flows.service.js';
import { SignInProblem } from './sign-in-problem.js';

/** A user whom a provider has confirmed. */
export interface ConfirmedUser extends ExternalUser {
  readonly idToken: string;
  /** Its session at the provider, if it reports one. */
  readonly providerSession: string | undefined;
  /** The reason why only users with an invitation may sign in with this e-mail address. */
  readonly problem: DomainProblem | undefined;
}

/** Creates the URLs that send users to the provider, and exchanges codes for verified claims. */
@Injectable()
export class TokenExchange {
  private readonly logger = new Logger('SignIn');

  constructor(private readonly clients: OidcClients) {}

  /** @throws HubError `UpstreamUnavailable` */
  async authorizationUrl(provider: OidcProvider, flow: SignInFlow): Promise<URL> {
    const { configuration } = await this.clients.discover(provider);
    return openid.buildAuthorizationUrl(configuration, {
      redirect_uri: flow.redirectUri,
      scope: provider.scopes,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * @param query - of the redirect from the provider
   * @throws SignInProblem
   */
  async redeem(provider: OidcProvider, flow: SignInFlow, query: URLSearchParams): Promise<ConfirmedUser> {
    try {
      const { configuration } = await this.clients.discover(provider);
      const url = new URL(flow.redirectUri);
      url.search = query.toString();
      const tokens = await openid.authorizationCodeGrant(configuration, url, {
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.verifier,
        idTokenExpected: true,
      });
      const own = tokens.claims()!;
      const claims = await this.completeClaims(provider, own, tokens.access_token);
      const subject = storedSubject(own.sub);
      if (subject === undefined) throw new SignInProblem('rejected');
      const sid = own['sid'];
      return {
        ...readUser(claims, subject, provider),
        problem: domainProblem(claims, provider.allowedDomains),
        idToken: tokens.id_token!,
        providerSession: typeof sid === 'string' ? sid.slice(0, 255) : undefined,
      };
    } catch (error) {
      throw this.toProblem(error, provider);
    }
  }

  /** Some providers report e-mail addresses and groups only at the userinfo endpoint. Claims of the signed ID token take precedence. */
  private async completeClaims(provider: OidcProvider, own: openid.IDToken, accessToken: string): Promise<Claims> {
    const { configuration } = await this.clients.discover(provider);
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return own;
    return { ...(await openid.fetchUserInfo(configuration, accessToken, own.sub)), ...own };
  }

  private toProblem(err: unknown, { id, issuer }: OidcProvider): SignInProblem {
    if (err instanceof SignInProblem) return err;
    if (err instanceof openid.AuthorizationResponseError)
      return new SignInProblem(err.error === 'temporarily_unavailable' ? 'unavailable' : 'denied', { cause: err });
    const isAnswer = err instanceof openid.ClientError || err instanceof openid.ResponseBodyError;
    this.logger.warn(
      { err, provider: id, issuer },
      'A sign-in was refused, because the reply of the provider is not valid',
    );
    return new SignInProblem(isAnswer && !isOutage(err) ? 'rejected' : 'unavailable', { cause: err });
  }
}

/** Whether a provider is down. `openid-client` wraps errors of connections and replies without the format of OAuth. */
function isOutage(error: unknown): boolean {
  if (error instanceof ProviderUnreachable) return true;
  if (error instanceof Response) return error.status >= 500;
  if (!(error instanceof Error)) return false;
  return ((error as { readonly status?: number }).status ?? 0) >= 500 || isOutage(error.cause);
}
