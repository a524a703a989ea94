import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { requireSession, requireSignedIn, requireWriteAccess } from '../../domain/require-caller.js';
import { BLOB_STORE, type BlobStore } from '../storage/blob-store.js';
import { AdminAccessService } from './admin-access.service.js';
import { AdminTokenUses } from './admin-token-uses.service.js';
import { rowOf } from './bound-rows.js';
import { CAPABILITY_CHECKS, type CapabilityChecks } from './capability-checks.js';
import type { HubRequest } from './hub-request.js';
import { RateLimits } from './rate-limits.service.js';
import type { Callers, RouteRow } from './routes/route.js';

/** Requirements that depend only on the caller. Links, grants and the metrics token are checked by their handlers. */
const REQUIREMENTS: Partial<Record<Callers, (caller: Caller) => unknown>> = {
  account: requireSignedIn,
  writer: requireWriteAccess,
  session: requireSession,
};

const isChecked = ({ callers, capability, rate, needs }: RouteRow): boolean =>
  callers !== 'anyone' || capability !== undefined || rate !== undefined || needs !== undefined;

/**
 * Checks a request by the row of its route, before its body is read (invariant 10): the caller, the caller's rights, the state of the store, and the
 * rate limit.
 * `CallerGuard` has identified the caller before.
 */
@Injectable()
export class RouteGuard implements CanActivate {
  constructor(
    @Inject(AdminAccessService) private readonly admin: AdminAccessService,
    @Inject(AdminTokenUses) private readonly uses: AdminTokenUses,
    @Inject(CAPABILITY_CHECKS) private readonly capabilities: CapabilityChecks,
    @Inject(RateLimits) private readonly rates: RateLimits,
    @Inject(BLOB_STORE) private readonly store: Pick<BlobStore, 'admit'>,
  ) {}

  /** Synchronous for most reads, which anyone may send. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const row = rowOf(context.getHandler());
    if (row === undefined || !isChecked(row)) return true;
    return this.check(row, context.switchToHttp().getRequest<HubRequest>());
  }

  private async check({ callers, capability, rate, needs }: RouteRow, request: HubRequest): Promise<boolean> {
    if (callers === 'administrator') {
      await this.admin.requireAdministrator(request);
      await this.uses.record(request.caller);
    }
    REQUIREMENTS[callers]?.(request.caller);
    if (capability !== undefined) await this.capabilities[capability](request);
    if (needs === 'storage') this.store.admit();
    if (rate !== undefined) await this.rates.count(rate, request);
    return true;
  }
}
