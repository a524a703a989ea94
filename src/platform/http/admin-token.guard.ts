import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { AdminAccessService } from './admin-access.service.js';
import { clientAddress } from './client-address.js';
import type { HubRequest } from './hub-request.js';

const REFUSALS = {
  missing: ['Unauthorized', 'The admin API requires the X-Admin-Token header'],
  wrong: ['Forbidden', 'Wrong admin token. Check the X-Admin-Token header.'],
  disabled: ['ServiceDisabled', 'The admin API is disabled'],
} as const;

/** Requires the admin token, which `CallerGuard` has checked before, and applies the rate limit of the admin API. */
@Injectable()
export class AdminTokenGuard implements CanActivate {
  constructor(@Inject(AdminAccessService) private readonly admin: AdminAccessService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HubRequest>();
    const { adminAccess } = request;
    const retryAfter = await this.admin.countRequest(adminAccess, clientAddress(request));
    if (retryAfter !== undefined)
      throw new HubError('RateLimited', 'Too many requests to the admin API', { retryAfter });
    if (adminAccess === 'granted') return true;
    const [code, message] = REFUSALS[adminAccess];
    throw new HubError(code, message);
  }
}
