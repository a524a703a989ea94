import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Caller } from '../domain/caller.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';

const MINUTE_MS = 60_000;
/** Failures of different kinds, accounts or addresses that are recorded separately in a minute. */
const MAX_SEPARATE = 100;
const OTHERS = 'others';

/** A sign-in that has failed. */
export interface FailedSignIn {
  readonly reason: string;
  /** The account, if one was named. Names that no account has are not recorded, because users may type their password into this field. */
  readonly account?: { readonly id: number; readonly name: string };
  /** The sign-in provider; undefined for passwords. */
  readonly provider?: string;
}

interface Repeated {
  readonly by: Caller | undefined;
  readonly event: AuditEvent;
  /** Failures since the first one, which is recorded at once. */
  count: number;
}

/**
 * Records failed sign-ins in the audit log, so that unauthorized users cannot fill it: the first of a kind at once, and equal ones as one event per minute. From
 * more than a hundred addresses or accounts in a minute, the others are one event without an address.
 */
@Injectable()
export class FailedSignIns implements BeforeApplicationShutdown {
  private readonly logger = new Logger('SignIn');
  private repeated = new Map<string, Repeated>();

  constructor(@Inject(AuditLog) private readonly audit: AuditLog) {}

  async record(by: Caller | undefined, failure: FailedSignIn): Promise<void> {
    const { reason, account, provider } = failure;
    const key = JSON.stringify([by?.origin?.address, reason, provider, account?.id]);
    const isSeparate = this.repeated.has(key) || this.repeated.size < MAX_SEPARATE;
    const open = this.repeated.get(isSeparate ? key : OTHERS);
    if (open) return void (open.count += 1);
    const event = isSeparate ? eventOf(failure) : eventOf({ reason: 'sign-ins from many addresses' });
    const first = { by: isSeparate ? by : undefined, event, count: 0 };
    this.repeated.set(isSeparate ? key : OTHERS, first);
    await this.audit.note(first.by, event);
  }

  /** Records how often the failures of the last minute were repeated. */
  @Interval(MINUTE_MS)
  async flush(): Promise<void> {
    const ended = [...this.repeated.values()].filter(({ count }) => count > 0);
    this.repeated = new Map();
    try {
      for (const { by, event, count } of ended)
        await this.audit.note(by, { ...event, data: { ...event.data, repeated: count } });
    } catch (err) {
      this.logger.warn({ err }, 'Repeated failures to sign in could not be recorded');
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }
}

const eventOf = ({ reason, account, provider }: FailedSignIn): AuditEvent => ({
  action: 'user.sign_in_failed',
  ...(account && { ownerId: account.id, object: account.name }),
  data: { reason, method: provider ?? 'password' },
});
