import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ANONYMOUS, type Caller } from '../../domain/caller.js';
import { BAD_CREDENTIALS_MESSAGE } from '../../domain/classify-reply.js';
import { HubError } from '../../domain/hub-error.js';
import { AdminAccessService } from './admin-access.service.js';
import { ANONYMOUS_TOKEN, hasPassword, tokenIn } from './authorization.js';
import { clientAddress } from './client-address.js';
import { rowOf } from './bound-rows.js';
import { CALLER_DIRECTORY, type CallerDirectory } from './caller-directory.js';
import { CredentialCheck } from './credential-check.service.js';
import { isAuthPath } from './cross-origin.js';
import { readFlowCookies } from './flow-cookie.js';
import { originOf } from './request-origin.js';
import type { HubRequest } from './hub-request.js';
import { repeatsCredentials } from './repeats-credentials.js';
import {
  cookieValues,
  expireSessionCookies,
  isSessionValue,
  isTrustedOrigin,
  sessionCookieName,
} from './session-cookie.js';

/** Bearer tokens with this prefix are signed capabilities, not account tokens. */
export const GRANT_PREFIX = 'grant_';

const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'x-admin-token'] as const;

/**
 * Authenticates requests (invariant 5 in ARCHITECTURE.md): turns the credentials into a caller and removes them from the request, so that
 * no later code can forward them by mistake. An invalid token is always an error, also on public routes (contract E.52). The cookie of an
 * ended session is not an error, because browsers send cookies automatically. A token takes precedence over a cookie. The token that registry
 * clients without an account get (`ANONYMOUS_TOKEN`) is ignored.
 */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    @Inject(AdminAccessService) private readonly admin: AdminAccessService,
    @Inject(CALLER_DIRECTORY) private readonly directory: CallerDirectory,
    @Inject(CredentialCheck) private readonly credentials: CredentialCheck,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<HubRequest>();
    // if a route has passed the request on to the next one, it is already authenticated and has no credentials
    if ((request.caller as Caller | undefined) !== undefined) return true;
    if (request.method !== 'GET' && isAuthPath(request.path)) this.checkOrigin(request); // these requests sign in and out, with a cookie or without
    const callers = rowOf(context.getHandler())?.callers;
    const ownCredentials = callers === 'metrics' || callers === 'registry';
    // signed links look like credentials, and are never sent to a source
    const check = callers === 'link' ? undefined : this.checkUrl(request);
    if (check) return check.then(() => this.identify(request, ownCredentials));
    return this.identify(request, ownCredentials);
  }

  private checkUrl(request: HubRequest): Promise<void> | undefined {
    return this.credentials.checkUrl(request.originalUrl, { isAdministrator: this.isAdministrator(request) });
  }

  private isAdministrator({ headers }: HubRequest): boolean {
    const token = headers['x-admin-token'];
    return token !== undefined && this.admin.isToken(String(token));
  }

  private identify(request: HubRequest, ownCredentials: boolean): boolean | Promise<boolean> {
    if (isAnonymous(request.headers)) {
      request.hadAnonymousToken = true;
      delete request.headers.authorization;
    }
    if (CREDENTIAL_HEADERS.some((name) => request.headers[name] !== undefined))
      return this.authenticate(request, ownCredentials);
    request.caller = { origin: originOf(request) };
    request.adminAccess = this.admin.accessWithoutToken;
    return true;
  }

  private async authenticate(request: HubRequest, ownCredentials: boolean): Promise<boolean> {
    const { authorization, cookie, 'x-admin-token': adminToken } = request.headers;
    request.hadAuthorization = authorization !== undefined;
    request.mayRepeatCredentials = repeatsCredentials(request.headers);
    removeCredentials(request);
    if (cookie !== undefined && isAuthPath(request.path))
      request.flowCookies = readFlowCookies(request.urls, cookie, request.query['state']);
    request.adminAccess =
      adminToken === undefined
        ? this.admin.accessWithoutToken
        : await this.admin.checkToken(String(adminToken), clientAddress(request));
    const token = authorization === undefined ? undefined : tokenIn(authorization);
    if (ownCredentials) {
      request.caller = ANONYMOUS;
      // a password that cannot be a token is refused like an unknown token, so that `oras login` fails
      request.bearer = token ?? (hasPassword(authorization ?? '') ? '' : undefined);
      return true;
    }
    request.grant = token?.startsWith(GRANT_PREFIX) ? token.slice(GRANT_PREFIX.length) : undefined;
    const caller = await this.account(request, token, cookie);
    const origin = originOf(request);
    request.caller =
      request.adminAccess === 'granted' ? { ...caller, origin, administrator: 'break-glass' } : { ...caller, origin };
    return true;
  }

  private async account(request: HubRequest, token: string | undefined, cookie: string | undefined): Promise<Caller> {
    if (request.grant !== undefined) return ANONYMOUS;
    if (request.hadAuthorization) return this.callerByToken(token, clientAddress(request));
    return cookie === undefined ? ANONYMOUS : this.callerBySession(request, cookie);
  }

  private async callerBySession(request: HubRequest, cookie: string): Promise<Caller> {
    const values = cookieValues(cookie, sessionCookieName(request.urls));
    if (values.length > 1) return this.expireCookies(request);
    const [value] = values;
    if (!isSessionValue(value)) return ANONYMOUS;
    this.checkOrigin(request);
    return (await this.directory.findSession(value, originOf(request))) ?? ANONYMOUS;
  }

  /** Browsers send two cookies if another host or port of this site has set one, without a way to distinguish them. */
  private expireCookies({ res, originalUrl, urls }: HubRequest): Caller {
    res?.setHeader('Set-Cookie', expireSessionCookies(urls, originalUrl.split('?', 1)[0]!));
    return ANONYMOUS;
  }

  private checkOrigin({ method, headers, urls }: HubRequest): void {
    const { origin, 'sec-fetch-site': site } = headers;
    const secFetchSite = site === undefined ? undefined : String(site);
    if (!isTrustedOrigin({ method, origin, secFetchSite }, urls))
      throw new HubError('Forbidden', 'Cross-site request rejected');
  }

  private async callerByToken(token: string | undefined, address: string): Promise<Caller> {
    const caller = token === undefined ? undefined : await this.directory.findCaller(token, address);
    if (caller === undefined) throw new HubError('Unauthorized', BAD_CREDENTIALS_MESSAGE);
    return caller;
  }
}

const isAnonymous = ({ authorization }: IncomingMessage['headers']): boolean =>
  authorization !== undefined && tokenIn(authorization) === ANONYMOUS_TOKEN;

function removeCredentials(request: IncomingMessage): void {
  for (const name of CREDENTIAL_HEADERS) delete request.headers[name];
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (CREDENTIAL_HEADERS.some((name) => name === rawHeaders[at]?.toLowerCase())) rawHeaders[at + 1] = '';
  }
}
