import { Controller, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { OwnSessions } from '../own-sessions.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { SessionListDto } from './dto/session.dto.js';

/** The sessions of the signed-in user. */
@ApiTags('accounts')
@Controller()
export class SessionsController {
  constructor(private readonly own: OwnSessions) {}

  /** List the sessions that have not expired. */
  @Route('sessions.list')
  @Header('Cache-Control', 'no-store')
  async list(@CurrentCaller() caller: Caller): Promise<SessionListDto> {
    const sessions = (await this.own.list(caller)).map((session) => ({
      id: session.id,
      current: session.id === caller.sessionId,
      created_at: session.createdAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
      last_seen: session.lastSeenAt?.toISOString() ?? null,
      address: session.address,
      user_agent: session.userAgent,
      issuer: session.issuer,
    }));
    return { sessions };
  }

  /** End a session. */
  @Route('sessions.end')
  async end(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<OutcomeDto> {
    await this.own.end(caller, id);
    return { success: true, message: 'Session ended' };
  }

  /** End all sessions but the current one. */
  @Route('sessions.endOthers')
  async endOthers(@CurrentCaller() caller: Caller): Promise<OutcomeDto> {
    const ended = await this.own.endOthers(caller);
    return { success: true, message: `${ended} other ${ended === 1 ? 'session' : 'sessions'} ended` };
  }
}
