import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSignedIn, SIGN_IN_MESSAGE } from '../domain/require-caller.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { MembershipStore, type Membership } from './membership.store.js';

/** The identity behind a request. */
export interface Identity {
  readonly account: AccountEntity;
  readonly organizations: readonly Membership[];
  /** The access token in use; `undefined` for sessions. */
  readonly token: AccessTokenEntity | undefined;
}

/** Resolves the identity of a caller. */
@Injectable()
export class WhoamiService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly memberships: MembershipStore,
    private readonly tokens: AccessTokenStore,
  ) {}

  /** @throws HubError `Unauthorized` for anonymous callers */
  async identify(caller: Caller): Promise<Identity> {
    const { accountId } = requireSignedIn(caller);
    const account = await this.accounts.byId(accountId);
    if (!account) throw new HubError('Unauthorized', SIGN_IN_MESSAGE); // deleted in the meantime
    const organizations = await this.memberships.organizationsOf(accountId);
    const token = caller.tokenId === undefined ? null : await this.tokens.find(accountId, caller.tokenId);
    return { account, organizations, token: token ?? undefined };
  }
}
