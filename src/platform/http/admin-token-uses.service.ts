import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../../domain/caller.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { CLOCK, type Clock } from '../config/clock.js';

const HOUR_MS = 60 * 60 * 1000;
const MAX_ADDRESSES = 1000;

/**
 * Records the use of the shared admin token in the audit log, also for requests that only read: once an hour for each address, since the portal sends many
 * requests.
 */
@Injectable()
export class AdminTokenUses {
  /** By address: when its use was last recorded. */
  private readonly recorded = new LRUCache<string, number>({ max: MAX_ADDRESSES });

  constructor(
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record(caller: Caller): Promise<void> {
    if (caller.administrator !== 'break-glass') return;
    const address = caller.origin?.address ?? '';
    const now = this.clock().getTime();
    if (now - (this.recorded.get(address) ?? -Infinity) < HOUR_MS) return;
    this.recorded.set(address, now);
    await this.audit.note(caller, { action: 'hub.use_admin_token' });
  }
}
