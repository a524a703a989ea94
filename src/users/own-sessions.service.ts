import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSession } from '../domain/require-caller.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { CallersService } from './callers.service.js';
import { SessionStore, type SessionSummary } from './session.store.js';

const MAX_ID = 2 ** 31 - 1;

/** The sessions of the signed-in user. */
@Injectable()
export class OwnSessions {
  constructor(
    private readonly sessions: SessionStore,
    private readonly callers: CallersService,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(caller: Caller): Promise<SessionSummary[]> {
    return this.sessions.list(requireSession(caller).accountId, this.clock());
  }

  /**
   * Ends a session on all replicas.
   * @throws HubError `NotFound`
   */
  async end(caller: Caller, id: string): Promise<void> {
    const { accountId } = requireSession(caller);
    const isId = /^\d{1,10}$/.test(id) && Number(id) <= MAX_ID;
    const ended = isId ? await this.record(caller, (m) => this.sessions.end(accountId, { id: Number(id) }, m)) : 0;
    if (ended === 0) throw new HubError('NotFound', 'This session does not exist. It may have ended already.');
    await this.callers.invalidate(accountId);
  }

  /**
   * Ends all sessions but that of the caller.
   * @returns how many have ended
   */
  async endOthers(caller: Caller): Promise<number> {
    const { accountId, sessionId } = requireSession(caller);
    const ended = await this.record(caller, (m) => this.sessions.end(accountId, { keep: sessionId }, m));
    await this.callers.invalidate(accountId);
    return ended;
  }

  private record(caller: Caller, end: (m: EntityManager) => Promise<number>): Promise<number> {
    const ownerId = Number(caller.accountId);
    return this.audit.act(caller, end, (sessions) =>
      sessions > 0 ? { action: 'user.end_sessions', ownerId, data: { sessions } } : undefined,
    );
  }
}
