import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';

/** The user who is signed in at the provider. */
export interface ProviderUser {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/** How the provider deviates from the standard. */
export interface Misbehaviour {
  /** Changes the claims of ID tokens. */
  readonly claims?: (claims: JWTPayload) => JWTPayload;
  /** Signs with a key that is not published, or with none. */
  readonly signature?: 'other-key' | 'none';
  /** Accepts codes more than once. */
  readonly reusesCodes?: boolean;
  /** Replies with status 503 to everything. */
  readonly isDown?: boolean;
  /** Closes the connections of its token endpoint, or replies with status 500 there. */
  readonly tokens?: 'closed' | 'failed';
  /** Redirects with this error instead of a code. */
  readonly error?: string;
  /** Reports another issuer in its configuration. */
  readonly issuer?: string;
}

interface Grant {
  readonly user: ProviderUser;
  readonly query: URLSearchParams;
}

export const CLIENT_ID = 'hub';
export const CLIENT_SECRET = 'client-secret';

/** An OIDC provider on the loopback address, at which a user is already signed in. It checks what a strict provider checks, and misbehaves on request. */
export class ScriptedProvider {
  user: ProviderUser = { sub: 'u-1', preferred_username: 'alice', email: 'alice@example.com', email_verified: true };
  misbehaviour: Misbehaviour = {};
  /** How clients have to send their secret. */
  authentication: 'client_secret_post' | 'client_secret_basic' = 'client_secret_post';
  /** Paths of the requests. */
  readonly requests: string[] = [];
  private readonly grants = new Map<string, Grant>();
  private readonly users = new Map<string, ProviderUser>();

  private constructor(
    private readonly server: Server,
    private readonly keys: { own: CryptoKey; other: CryptoKey; jwk: object },
    readonly issuer: string,
  ) {}

  static async start(): Promise<ScriptedProvider> {
    const { privateKey: own, publicKey } = await generateKeyPair('RS256');
    const { privateKey: other } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new ScriptedProvider(server, { own, other, jwk }, issuer);
    server.on('request', (request, response) => void provider.handle(request, response));
    return provider;
  }

  /** The settings of a hub for this provider. */
  get settings(): Record<string, string> {
    return {
      KOHAKU_HUB_OIDC_ISSUER: this.issuer,
      KOHAKU_HUB_OIDC_CLIENT_ID: CLIENT_ID,
      KOHAKU_HUB_OIDC_CLIENT_SECRET: CLIENT_SECRET,
      KOHAKU_HUB_OIDC_NAME: 'Acme ID',
    };
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** A signed token with these claims. */
  sign(claims: JWTPayload): Promise<string> {
    const { signature } = this.misbehaviour;
    if (signature === 'none') return Promise.resolve(new UnsecuredJWT(claims).encode());
    const key = signature === 'other-key' ? this.keys.other : this.keys.own;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(key);
  }

  /** A logout token, with changed claims. */
  logoutToken(claims: JWTPayload): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    return this.sign({ iss: this.issuer, aud: CLIENT_ID, iat: now, exp: now + 120, jti: 'jti', events, ...claims });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.issuer);
    this.requests.push(url.pathname);
    if (this.misbehaviour.isDown) return void response.writeHead(503).end();
    if (this.misbehaviour.tokens && request.url?.startsWith('/token'))
      return void (this.misbehaviour.tokens === 'closed' ? request.destroy() : response.writeHead(500).end('failure'));
    if (url.pathname === '/authorize') return this.authorize(url.searchParams, response);
    if (url.pathname === '/logout') {
      const location = url.searchParams.get('post_logout_redirect_uri')!;
      return void response.writeHead(303, { location }).end();
    }
    const form = new URLSearchParams(await text(request));
    const authorization = request.headers.authorization ?? '';
    const [status, body] = await this.reply(url.pathname, form, authorization);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private authorize(query: URLSearchParams, response: ServerResponse): void {
    const target = new URL(query.get('redirect_uri')!);
    target.searchParams.set('state', query.get('state')!);
    const { error } = this.misbehaviour;
    if (error) target.searchParams.set('error', error);
    else {
      const code = randomBytes(12).toString('hex');
      this.grants.set(code, { user: this.user, query });
      target.searchParams.set('code', code);
    }
    response.writeHead(303, { location: target.href }).end();
  }

  private async reply(path: string, form: URLSearchParams, authorization: string): Promise<[number, unknown]> {
    if (path === '/.well-known/openid-configuration') return [200, this.configuration()];
    if (path === '/jwks') return [200, { keys: [this.keys.jwk] }];
    if (path === '/token') return this.token(form, authorization);
    const user = this.users.get(authorization.replace('Bearer ', ''));
    return path === '/userinfo' && user ? [200, user] : [404, {}];
  }

  private configuration(): object {
    const at = (path: string): string => `${this.issuer}${path}`;
    return {
      issuer: this.misbehaviour.issuer ?? this.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/userinfo'),
      jwks_uri: at('/jwks'),
      end_session_endpoint: at('/logout'),
      // without this field, the default of the standard applies, which is client_secret_basic
      ...(this.authentication === 'client_secret_post' && {
        token_endpoint_auth_methods_supported: ['client_secret_post'],
      }),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  private isClient(form: URLSearchParams, authorization: string): boolean {
    if (this.authentication === 'client_secret_basic') {
      const sent = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
      return sent.split(':').map(decodeURIComponent).join(':') === `${CLIENT_ID}:${CLIENT_SECRET}`; // RFC 6749, 2.3.1
    }
    return form.get('client_id') === CLIENT_ID && form.get('client_secret') === CLIENT_SECRET;
  }

  private async token(form: URLSearchParams, authorization: string): Promise<[number, unknown]> {
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      this.isClient(form, authorization) &&
      grant?.query.get('code_challenge') === challenge &&
      grant.query.get('redirect_uri') === form.get('redirect_uri');
    if (!isRight) return [400, { error: 'invalid_grant' }];
    if (!this.misbehaviour.reusesCodes) this.grants.delete(code);
    const access = randomBytes(12).toString('hex');
    this.users.set(access, grant.user);
    const now = Math.floor(Date.now() / 1000);
    const { sub } = grant.user;
    const nonce = grant.query.get('nonce') ?? undefined;
    const claims = { iss: this.issuer, aud: CLIENT_ID, iat: now, exp: now + 300, sub, nonce, sid: `sid-${sub}` };
    const idToken = await this.sign(this.misbehaviour.claims?.(claims) ?? claims);
    return [200, { access_token: access, token_type: 'Bearer', expires_in: 300, id_token: idToken }];
  }
}
