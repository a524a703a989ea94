import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { jwtVerify, type JWTPayload } from 'jose';
import { buildEndSessionUrl } from 'openid-client';
import { DataSource } from 'typeorm';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { CallersService } from '../callers.service.js';
import { oauthError } from '../oauth-error.js';
import { storedSubject } from './claims.js';
import { ExternalSessionStore } from './external-session.store.js';
import { CLOCK_TOLERANCE_SECONDS, OidcClients } from './oidc-client.service.js';
import { SignInFlows } from './sign-in-flows.service.js';

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** No symmetric algorithms, and not `none`. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const MAX_AGE_SECONDS = 300;

/** Signs users out at their providers, and out of this hub when their provider requests it. */
@Injectable()
export class OidcSignOut {
  constructor(
    private readonly clients: OidcClients,
    private readonly sessions: ExternalSessionStore,
    private readonly flows: SignInFlows,
    private readonly callers: CallersService,
    private readonly audit: AuditLog,
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The page of the provider that ends its session as well (RP-initiated logout).
   * @returns undefined if the session was not started with a provider, or the provider has no such page or is unavailable
   */
  async providerPage(sessionId: number, urls: UrlBuilder): Promise<string | undefined> {
    const session = await this.sessions.signOutOf(sessionId);
    const provider = session && this.clients.byIssuer(session.issuer);
    const found = provider && (await this.clients.discover(provider).catch(() => undefined));
    if (found?.configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    const idToken = session?.idToken ? this.flows.openIdToken(session.idToken, session.issuer) : undefined;
    return buildEndSessionUrl(found.configuration, {
      post_logout_redirect_uri: urls.url('/'),
      ...(idToken !== undefined && { id_token_hint: idToken }),
    }).href;
  }

  /**
   * Ends the sessions that a logout token names, on all replicas (back-channel logout).
   * @throws HubError in the format of OAuth
   */
  async endSessions(id: string, token: string): Promise<void> {
    const provider = this.clients.provider(id);
    const { keys, configuration } = await this.clients.discover(provider);
    if (!keys) throw oauthError('invalid_request', 'The provider has published no keys.');
    const { payload } = await jwtVerify(token, keys, {
      issuer: configuration.serverMetadata().issuer,
      audience: provider.clientId,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: MAX_AGE_SECONDS,
      currentDate: this.clock(),
    }).catch((error: unknown) => {
      throw oauthError(
        'invalid_request',
        `The logout token is not valid: ${error instanceof Error ? error.message : ''}`,
      );
    });
    const { issuer } = provider;
    const ended = endedBy(payload);
    const accounts = await this.database.transaction(async (m) => {
      const signedOut = await this.sessions.end({ issuer, ...ended }, m);
      for (const ownerId of signedOut)
        await this.audit.record(m, undefined, { action: 'user.end_sessions', ownerId, data: { issuer } });
      return signedOut;
    });
    for (const account of accounts) await this.callers.invalidate(account);
  }
}

/** An ID token must not pass for a logout token: it has a nonce and no event. */
function endedBy({ sub, sid, nonce, events }: JWTPayload) {
  const isLogout = events !== null && typeof events === 'object' && LOGOUT_EVENT in events;
  if (!isLogout || nonce !== undefined) throw oauthError('invalid_request', 'The token is not a logout token.');
  const providerSession = typeof sid === 'string' ? sid : undefined;
  if (sub === undefined && providerSession === undefined)
    throw oauthError('invalid_request', 'The logout token names neither a user nor a session.');
  return { subject: sub === undefined ? undefined : (storedSubject(sub) ?? ''), providerSession };
}
