import { Inject, Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { fetch } from 'undici';
import { OutboundDispatcher } from '../fallback/upstream/outbound-dispatcher.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { oauthError } from './oauth-error.js';

const REQUEST_TIMEOUT_MS = 5_000;
const MAX_DOCUMENT_BYTES = 256 * 1024;
/** Keys are requested again after this time, or earlier for a token with an unknown key, but not more often than the cooldown. */
const KEYS_MAX_AGE_MS = 10 * 60_000;
const KEYS_COOLDOWN_MS = 30_000;
/** Clocks of issuers are not exact. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** No symmetric algorithms, and not `none`. */
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Verifies ID tokens of the issuers that the administrator allows. Their keys are requested from these issuers only. */
@Injectable()
export class IdTokens {
  private readonly keys = new Map<string, Promise<JWTVerifyGetKey>>();

  constructor(
    private readonly outbound: OutboundDispatcher,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The issuers that are allowed. */
  get issuers(): readonly string[] {
    return this.config.trustedIssuers;
  }

  /** The audience that ID tokens must be for. Not the address of the request, which the client chooses. */
  get audiences(): readonly string[] {
    // eslint-disable-next-line no-restricted-syntax -- the audience must not depend on the request, see above
    return this.config.baseUrls;
  }

  /**
   * @returns the issuer, without trailing slash, and the claims
   * @throws HubError in the format of OAuth
   */
  async verify(token: string): Promise<{ readonly issuer: string; readonly claims: JWTPayload }> {
    if (this.audiences.length === 0)
      throw oauthError(
        'invalid_request',
        'This hub has no public address yet. Its administrator has to set KOHAKU_HUB_BASE_URL.',
      );
    const claimed = issuerOf(token);
    const issuer = this.issuers.find((allowed) => allowed === withoutSlash(claimed));
    if (issuer === undefined)
      throw invalid(
        `The issuer "${claimed.slice(0, 200)}" is not allowed. The allowed ones are ${this.issuers.join(', ') || 'none'}.`,
      );
    const { payload } = await jwtVerify(token, await this.keysOf(issuer), {
      issuer: claimed,
      audience: [...this.audiences],
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp', 'iat'],
      currentDate: this.clock(),
    }).catch((error: unknown) => {
      throw invalid(describe(error));
    });
    checkTimes(payload, this.clock());
    return { issuer, claims: payload };
  }

  private async keysOf(issuer: string): Promise<JWTVerifyGetKey> {
    let keys = this.keys.get(issuer);
    if (keys === undefined) {
      keys = this.discover(issuer);
      this.keys.set(issuer, keys);
      keys.catch(() => this.keys.delete(issuer)); // the next token tries again
    }
    return keys.catch((error: unknown) => {
      throw oauthError('temporarily_unavailable', `The keys of ${issuer} cannot be read: ${(error as Error).message}.`);
    });
  }

  private async discover(issuer: string): Promise<JWTVerifyGetKey> {
    const response = await this.fetch(`${issuer}/.well-known/openid-configuration`);
    if (!response.ok) throw new Error(`status ${response.status}`);
    const { jwks_uri: uri } = (await response.json()) as { jwks_uri?: unknown };
    if (typeof uri !== 'string' || new URL(uri).origin !== new URL(issuer).origin)
      throw new Error('its configuration has no jwks_uri at the same address');
    return createRemoteJWKSet(new URL(uri), {
      cacheMaxAge: KEYS_MAX_AGE_MS,
      cooldownDuration: KEYS_COOLDOWN_MS,
      timeoutDuration: REQUEST_TIMEOUT_MS,
      [customFetch]: (url) => this.fetch(url),
    });
  }

  /** Without redirects, and with a limit of the size. */
  private async fetch(url: string): Promise<Response> {
    const { dispatcher } = this.outbound.forSource(new URL(url), 'metadata');
    const response = await fetch(url, {
      dispatcher,
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += (chunk as Uint8Array).byteLength;
      if (size > MAX_DOCUMENT_BYTES) throw new Error(`the reply has more than ${MAX_DOCUMENT_BYTES} bytes`);
      chunks.push(chunk as Uint8Array);
    }
    return new Response(Buffer.concat(chunks), { status: response.status });
  }
}

const withoutSlash = (url: string): string => url.replace(/\/$/, '');

/** The issuer that a token claims to be from. It is verified later. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    throw invalid('The subject token is not a JSON Web Token.');
  }
}

const invalid = (message: string): Error => oauthError('invalid_grant', message);

/** Messages of errors of `jose` are for developers. */
/** Each ID token is stored until it expires, so that it is exchanged once. */
function checkTimes({ iat, exp }: JWTPayload, clock: Date): void {
  const now = clock.getTime() / 1000;
  if (iat! > now + CLOCK_TOLERANCE_SECONDS) throw invalid('The ID token is not valid yet. Check the clocks.');
  if (exp! > now + MAX_LIFETIME_SECONDS)
    throw invalid('The ID token expires too late. Tokens that are valid for more than a day are not accepted.');
}

function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The ID token has expired. Request a new one in the CI job.';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The ID token is not accepted: the claim "${error.claim}" is missing or wrong.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The ID token has a signature algorithm that is not allowed.';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    return 'The signature of the ID token is wrong.';
  return `The ID token cannot be verified: ${error instanceof Error ? error.message : String(error)}.`;
}
