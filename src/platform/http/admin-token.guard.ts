import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { AdminAccessService } from './admin-access.service.js';
import type { HubRequest } from './hub-request.js';

const REFUSALS = {
  missing: ['Unauthorized', 'The admin API needs the header X-Admin-Token'],
  wrong: ['Forbidden', 'This X-Admin-Token is not the right one'],
  disabled: ['ServiceDisabled', 'The admin API is switched off'],
} as const;

/** Lets in who bears the admin token, as `CallerGuard` has judged it, and nobody too often. */
@Injectable()
export class AdminTokenGuard implements CanActivate {
  constructor(@Inject(AdminAccessService) private readonly admin: AdminAccessService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { adminAccess, socket } = context.switchToHttp().getRequest<HubRequest>();
    const retryAfter = await this.admin.secondsToWait(socket.remoteAddress ?? '');
    if (retryAfter !== undefined)
      throw new HubError('RateLimited', 'Too many requests to the admin API', { retryAfter });
    if (adminAccess === 'granted') return true;
    const [code, message] = REFUSALS[adminAccess];
    throw new HubError(code, message);
  }
}
