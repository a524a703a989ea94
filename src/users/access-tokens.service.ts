import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSession, requireSignedIn } from '../domain/require-caller.js';
import type { AccessTokenEntity, TokenRole } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import { AccountsService } from './accounts.service.js';
import { CallersService } from './callers.service.js';

/** What an owner does with access tokens. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: AccessTokenStore,
    private readonly callers: CallersService,
  ) {}

  /** A new token, and what is kept of it. @throws HubError `Unauthorized` for nobody, `Forbidden` for a token */
  create(
    caller: Caller,
    words: { name: string; role: TokenRole },
  ): Promise<{ readonly token: string; readonly kept: AccessTokenEntity }> {
    return this.accounts.issueToken(requireSession(caller).accountId, words);
  }

  /** The newest first. @throws HubError as `create` */
  async list(caller: Caller): Promise<AccessTokenEntity[]> {
    return this.tokens.listOf(requireSession(caller).accountId);
  }

  /** Withdraws a token, which is refused from now on. @throws HubError as `create`, except to the token itself; `NotFound` */
  async revoke(caller: Caller, id: string): Promise<void> {
    const isItself = caller.tokenId !== undefined && String(caller.tokenId) === id;
    const { accountId } = isItself ? requireSignedIn(caller) : requireSession(caller);
    const gone = /^\d{1,9}$/.test(id) && (await this.tokens.delete(accountId, Number(id)));
    if (!gone) throw new HubError('NotFound', `You have no access token with the id "${id.slice(0, 20)}"`);
    await this.callers.forget(accountId);
  }
}
