import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSession } from '../domain/require-caller.js';
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
    const ended =
      /^\d{1,10}$/.test(id) && Number(id) <= MAX_ID ? await this.sessions.end(accountId, { id: Number(id) }) : 0;
    if (ended === 0) throw new HubError('NotFound', 'This session does not exist. It may have ended already.');
    await this.callers.invalidate(accountId);
  }

  /**
   * Ends all sessions but that of the caller.
   * @returns how many have ended
   */
  async endOthers(caller: Caller): Promise<number> {
    const { accountId, sessionId } = requireSession(caller);
    const ended = await this.sessions.end(accountId, { keep: sessionId });
    await this.callers.invalidate(accountId);
    return ended;
  }
}
