import { Injectable } from '@nestjs/common';
import type { Caller, TokenRole } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSession, requireSignedIn } from '../domain/require-caller.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import { AccountsService } from './accounts.service.js';
import { CallersService } from './callers.service.js';

/** Lets account owners create, list and revoke access tokens. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: AccessTokenStore,
    private readonly callers: CallersService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @returns the new token, which is not stored, and its database record
   * @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for callers with an access token
   */
  create(
    caller: Caller,
    details: { name: string; role: TokenRole },
  ): Promise<{ readonly token: string; readonly record: AccessTokenEntity }> {
    return this.accounts.issueToken(requireSession(caller).accountId, details, caller);
  }

  /**
   * Newest first.
   * @throws HubError see `create`
   */
  async list(caller: Caller): Promise<AccessTokenEntity[]> {
    return this.tokens.listByAccount(requireSession(caller).accountId);
  }

  /**
   * Revokes a token on all replicas. A token may revoke itself; other tokens can only be revoked from a session.
   * @throws HubError see `create`; `NotFound`
   */
  async revoke(caller: Caller, id: string): Promise<void> {
    const isOwnToken = caller.tokenId !== undefined && String(caller.tokenId) === id;
    const { accountId } = isOwnToken ? requireSignedIn(caller) : requireSession(caller);
    const deleted = /^\d{1,9}$/.test(id) ? await this.deleteToken(caller, accountId, Number(id)) : undefined;
    if (deleted === undefined) throw new HubError('NotFound', `Access token "${id.slice(0, 20)}" not found`);
    await this.callers.invalidate(accountId);
  }

  private deleteToken(caller: Caller, accountId: number, id: number): Promise<string | undefined> {
    return this.audit.act(
      caller,
      (m) => this.tokens.delete(accountId, id, m),
      (name) =>
        name === undefined ? undefined : { action: 'token.delete', ownerId: accountId, object: name, data: { id } },
    );
  }
}
