import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { flag } from '../../domain/query-flags.js';
import { noPullRequests } from './target-branch.js';
import type { HubRequest } from '../../platform/http/hub-request.js';

/** Rejects requests that would create a pull request (`?create_pr=1`) before anything is written. */
@Injectable()
export class PullRequestsGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { originalUrl } = context.switchToHttp().getRequest<HubRequest>();
    const query = [...new URLSearchParams(originalUrl.split('?', 2)[1] ?? '')];
    if (flag(query, 'create_pr')) throw noPullRequests();
    return true;
  }
}
