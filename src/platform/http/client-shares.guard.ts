import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import { ClientShares } from './client-shares.service.js';
import { rowOf } from './bound-rows.js';
import { CapabilityService } from './capability.service.js';
import type { HubRequest } from './hub-request.js';

/**
 * Refuses requests of clients that have their share of requests in progress. The others wait for their turn. `CallerGuard` has identified
 * the caller before.
 */
@Injectable()
export class ClientSharesGuard implements CanActivate {
  constructor(
    @Inject(ClientShares) private readonly shares: ClientShares,
    @Inject(CapabilityService) private readonly capabilities: CapabilityService,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<HubRequest>();
    // probes must not fail because of others; a route may have passed the request on to the next one
    if (request.isAdmitted || request.path.startsWith('/health/')) return true;
    request.isAdmitted = true;
    request.holder = this.holderOf(request, context);
    this.shares.admit(request, http.getResponse<Response>());
    request.turn = this.shares.turnFor(request);
    // a client that disconnects while it waits must not continue without a turn
    return request.turn.resume()?.then(() => !http.getResponse<Response>().closed) ?? true;
  }

  /** Large files are uploaded to links and with tokens, without the credentials of the account. */
  private holderOf({ grant, params }: HubRequest, context: ExecutionContext): number | undefined {
    const callers = rowOf(context.getHandler())?.callers;
    const capability = callers === 'link' ? params.capability : callers === 'grant' ? grant : undefined;
    return typeof capability === 'string' ? this.capabilities.accountOf(capability) : undefined;
  }
}
