import { Inject, Injectable, Logger } from '@nestjs/common';
import { createRemoteJWKSet, customFetch as joseFetch, type JWTVerifyGetKey } from 'jose';
import * as openid from 'openid-client';
import { HubError } from '../../domain/hub-error.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig, type OidcProvider } from '../../platform/config/hub-config.js';
import { ProviderRequests, type ProviderRequest } from './provider-requests.service.js';

/** Providers change their addresses rarely. Their keys are requested again when an unknown one is used. */
const DISCOVERY_TTL_MS = 60 * 60_000;
/** While a provider is down, its configuration is not requested for each visitor. */
const RETRY_MS = 2_000;
/** How much the clocks of provider and hub may differ. */
export const CLOCK_TOLERANCE_SECONDS = 60;

interface Discovered {
  readonly client: Promise<DiscoveredProvider>;
  readonly until: number;
}

/** A provider with what it has published. */
export interface DiscoveredProvider {
  readonly configuration: openid.Configuration;
  /** Its keys, for logout tokens. */
  readonly keys: JWTVerifyGetKey | undefined;
}

/** The configured OIDC providers. Nothing is requested from them before a user wants to sign in, so the hub starts without them. */
@Injectable()
export class OidcClients {
  private readonly logger = new Logger('SignIn');
  private readonly discovered = new Map<string, Discovered>();

  constructor(
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'signIn'>,
    private readonly requests: ProviderRequests,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws HubError `NotFound` for an unknown id */
  provider(id: string): OidcProvider {
    const provider = this.config.signIn.providers.find((candidate) => candidate.id === id);
    if (!provider) throw new HubError('NotFound', `This hub has no sign-in provider "${id}".`);
    return provider;
  }

  /** The configured provider of an issuer. */
  byIssuer(issuer: string): OidcProvider | undefined {
    return this.config.signIn.providers.find((candidate) => candidate.issuer === issuer);
  }

  /** @throws HubError `UpstreamUnavailable` if the provider does not publish a usable configuration */
  async discover(provider: OidcProvider): Promise<DiscoveredProvider> {
    const now = this.clock().getTime();
    const known = this.discovered.get(provider.id);
    if (known && known.until > now) return known.client;
    const client = this.request(provider);
    this.discovered.set(provider.id, { client, until: now + DISCOVERY_TTL_MS });
    client.catch(() => this.discovered.set(provider.id, { client, until: now + RETRY_MS }));
    return client;
  }

  private async request(provider: OidcProvider): Promise<DiscoveredProvider> {
    const { issuer, clientId, clientSecret } = provider;
    const send = (url: string, options: ProviderRequest): Promise<Response> => this.requests.send(url, options);
    try {
      const configuration = await openid.discovery(
        new URL(issuer),
        clientId,
        { [openid.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
        clientSecret === undefined ? openid.None() : authenticationBy(clientSecret),
        { [openid.customFetch]: send, execute: executeFor(issuer) },
      );
      const { jwks_uri: keysAt } = configuration.serverMetadata();
      const keys = keysAt === undefined ? undefined : createRemoteJWKSet(new URL(keysAt), { [joseFetch]: send });
      return { configuration, keys };
    } catch (err) {
      this.logger.error(
        { err, provider: provider.id, issuer },
        'The configuration of a sign-in provider is unavailable',
      );
      throw new HubError('UpstreamUnavailable', `${provider.name} cannot be reached at the moment.`, { cause: err });
    }
  }
}

/** How the hub proves its identity. The default of the standard is `client_secret_basic`. */
function authenticationBy(secret: string): openid.ClientAuth {
  const [post, basic] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? [];
    const method = methods.includes('client_secret_post') ? post : basic;
    return method(server, client, body, headers);
  };
}

/** Signatures of ID tokens are always verified, also those that come from the provider itself. Plain http is for providers in the same network. */
function executeFor(issuer: string): ((configuration: openid.Configuration) => void)[] {
  const checks = [openid.enableNonRepudiationChecks];
  return issuer.startsWith('http:') ? [openid.allowInsecureRequests, ...checks] : checks;
}
