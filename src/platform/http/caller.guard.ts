import { Inject, Injectable, type CanActivate, type ExecutionContext, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { ANONYMOUS, type Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { BAD_CREDENTIALS_MESSAGE } from '../../domain/classify-reply.js';
import { isSessionCookieTrusted } from './csrf-check.js';
import { cookieValue } from './cookie-value.js';
import { isSessionValue, SESSION_COOKIE } from './session-cookie.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { AdminAccessService } from './admin-access.service.js';
import { tokenIn } from './authorization.js';
import { CALLER_DIRECTORY, type CallerDirectory } from './caller-directory.js';
import type { HubRequest } from './hub-request.js';
import { hasOwnCredentials } from './own-credentials.decorator.js';

/** A bearer's token that begins so is no account's, but a capability that the hub has signed. */
export const GRANT_PREFIX = 'grant_';

const CREDENTIALS = ['authorization', 'cookie', 'x-admin-token'] as const;

/**
 * The door of law 5: turns a request's credentials into who asks, and takes them off it, so that nothing behind this point can
 * pass them on by mistake. A wrong token is an error everywhere, also where anonymous callers are welcome (contract E.52); the cookie of
 * a session that has ended is none, since browsers send it unasked. A token wins over a cookie.
 */
@Injectable()
export class CallerGuard implements CanActivate, OnModuleInit {
  private directory: CallerDirectory;
  private readonly hubHost: string;

  constructor(
    @Inject(AdminAccessService) private readonly admin: AdminAccessService,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(HUB_CONFIG) { baseUrl }: HubConfig,
  ) {
    this.hubHost = new URL(baseUrl).host;
  }

  /** The accounts live in a room above this one, which provides them under the name that this room has given. */
  onModuleInit(): void {
    this.directory = this.modules.get<CallerDirectory>(CALLER_DIRECTORY, { strict: false });
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<HubRequest>();
    // a route that hands a request on to the next one has had it judged, and its credentials are gone
    if ((request.caller as Caller | undefined) !== undefined) return true;
    const { headers } = request;
    if (CREDENTIALS.every((name) => headers[name] === undefined)) {
      request.caller = ANONYMOUS;
      request.adminAccess = this.admin.withoutToken;
      return true;
    }
    return this.identify(request, hasOwnCredentials(context.getHandler()));
  }

  private async identify(request: HubRequest, ownCredentials: boolean): Promise<boolean> {
    const { authorization, cookie, 'x-admin-token': adminToken } = request.headers;
    const address = request.socket.remoteAddress ?? '';
    takeOff(request);
    request.adminAccess =
      adminToken === undefined ? this.admin.withoutToken : await this.admin.judge(String(adminToken), address);
    const token = authorization === undefined ? undefined : tokenIn(authorization);
    if (ownCredentials) {
      request.caller = ANONYMOUS;
      request.bearer = token;
      return true;
    }
    request.grant = token?.startsWith(GRANT_PREFIX) ? token.slice(GRANT_PREFIX.length) : undefined;
    if (request.grant !== undefined) request.caller = ANONYMOUS;
    else if (authorization !== undefined) request.caller = await this.callerOf(token);
    else request.caller = cookie === undefined ? ANONYMOUS : await this.sessionOf(request, cookie);
    return true;
  }

  private async sessionOf({ method, headers }: HubRequest, cookie: string): Promise<Caller> {
    const value = cookieValue(cookie, SESSION_COOKIE);
    if (!isSessionValue(value)) return ANONYMOUS;
    const { host, origin, 'sec-fetch-site': site } = headers;
    const secFetchSite = site === undefined ? undefined : String(site);
    if (!isSessionCookieTrusted({ method, host, origin, secFetchSite }, this.hubHost))
      throw new HubError('Forbidden', 'A page of another site has sent this with your cookie; it was not done');
    return (await this.directory.findSession(value)) ?? ANONYMOUS;
  }

  private async callerOf(token: string | undefined): Promise<Caller> {
    const caller = token === undefined ? undefined : await this.directory.findCaller(token);
    if (caller === undefined) throw new HubError('Unauthorized', BAD_CREDENTIALS_MESSAGE);
    return caller;
  }
}

function takeOff(request: IncomingMessage): void {
  for (const name of CREDENTIALS) delete request.headers[name];
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (CREDENTIALS.some((name) => name === rawHeaders[at]?.toLowerCase())) rawHeaders[at + 1] = '';
  }
}
