import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSignedIn, SIGN_IN_MESSAGE } from '../domain/require-caller.js';
import type { TokenWithScopes } from './access-tokens.service.js';
import { AccessTokenStore } from './access-token.store.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { MembershipStore, type Membership } from './membership.store.js';
import { TokenScopeStore } from './token-scope.store.js';

/** The identity behind a request. */
export interface Identity {
  readonly account: AccountEntity;
  readonly organizations: readonly Membership[];
  /** The access token in use; `undefined` for sessions. */
  readonly token: TokenWithScopes | undefined;
}

/** Resolves the identity of a caller. */
@Injectable()
export class WhoamiService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly memberships: MembershipStore,
    private readonly tokens: AccessTokenStore,
    private readonly scopes: TokenScopeStore,
  ) {}

  /** @throws HubError `Unauthorized` for anonymous callers */
  async identify(caller: Caller): Promise<Identity> {
    const { accountId } = requireSignedIn(caller);
    const account = await this.accounts.byId(accountId);
    if (!account) throw new HubError('Unauthorized', SIGN_IN_MESSAGE); // deleted in the meantime
    const memberships = await this.memberships.organizationsOf(accountId);
    const token = await this.tokenOf(accountId, caller.tokenId);
    return { account, organizations: visibleTo(token, memberships), token };
  }

  private async tokenOf(accountId: number, id: number | undefined): Promise<TokenWithScopes | undefined> {
    const record = id === undefined ? null : await this.tokens.find(accountId, id);
    return record === null ? undefined : { record, scopes: await this.scopes.named([record.id]) };
  }
}

/** A fine-grained token sees only the organizations that it has permissions for, or for a repository of theirs. */
function visibleTo(token: TokenWithScopes | undefined, memberships: readonly Membership[]): readonly Membership[] {
  if (token?.record.role !== 'fineGrained') return memberships;
  const owners = new Set(token.scopes.map(({ ownerId }) => ownerId));
  return memberships.filter(({ account }) => owners.has(account.id));
}
