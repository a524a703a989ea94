import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { requireSession } from '../../domain/require-caller.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import type { OidcProvider } from '../../platform/config/hub-config.js';
import { NamespaceGuard } from '../../fallback/guard/namespace-guard.service.js';
import { AccountEntity } from '../account.entity.js';
import { AccountStore } from '../account.store.js';
import { ReservedAccounts } from '../reserved-accounts.service.js';
import { InvitationLinks, type InvitationClaim } from '../invitations/invitation-links.service.js';
import type { ExternalUser } from './claims.js';
import type { IdentityEntity } from './identity.entity.js';
import { IdentityStore } from './identity.store.js';
import { SignInProblem } from './sign-in-problem.js';
import type { ConfirmedUser } from './token-exchange.service.js';

/** Names that are tried: alice, alice-2, … */
const MAX_SUFFIX = 50;

/** A user who signs in with a provider. */
export interface ExternalSignIn {
  readonly user: ConfirmedUser;
  readonly by: Caller;
  /** The token of the invitation with which the user has started. */
  readonly invitation?: string;
}

interface NewExternalAccount {
  readonly issuer: string;
  readonly user: ExternalUser;
  readonly by: Caller;
  readonly claim?: InvitationClaim;
}

/** The accounts of users of providers. They are only found by issuer and subject: a name or an e-mail address never leads to an account. */
@Injectable()
export class ExternalAccounts {
  private readonly logger = new Logger('SignIn');

  constructor(
    private readonly identities: IdentityStore,
    private readonly accounts: AccountStore,
    private readonly reserved: ReservedAccounts,
    private readonly guard: NamespaceGuard,
    private readonly audit: AuditLog,
    private readonly invitations: InvitationLinks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The identity of a user, with a new account at the first sign-in. An invitation permits an e-mail address in any domain.
   * @throws SignInProblem `domain`, `email-not-verified`, `invitation`
   */
  async findOrCreate({ issuer }: OidcProvider, { user, by, invitation }: ExternalSignIn): Promise<IdentityEntity> {
    const known = await this.identities.find({ issuer, subject: user.subject });
    const isInvited = known ? known.invited : invitation !== undefined;
    if (user.problem && !isInvited) throw new SignInProblem(user.problem);
    const identity = known ?? (await this.create({ issuer, user, by, claim: await this.claimOf(invitation, by) }));
    await this.identities.recordUse(identity.id, user.label, this.clock());
    return identity;
  }

  /**
   * Links a user of a provider to the account of the caller.
   * @throws SignInProblem `linked-elsewhere`, `domain`, `email-not-verified`, `linked-already` if another user of the provider is linked: the groups of the two
   * would alternate
   */
  async link({ issuer }: OidcProvider, user: ConfirmedUser, caller: Caller): Promise<IdentityEntity> {
    const { accountId } = requireSession(caller);
    if (user.problem) throw new SignInProblem(user.problem);
    return this.audit.act(
      caller,
      async (m) => {
        const key = { issuer, subject: user.subject };
        const others = (await this.identities.ofAccount(accountId, m)).filter((other) => other.issuer === issuer);
        if (others.some(({ subject }) => subject !== key.subject)) throw new SignInProblem('linked-already');
        const identity = await this.identities.link(key, { accountId, label: user.label }, m);
        if (identity.accountId !== accountId) throw new SignInProblem('linked-elsewhere');
        return identity;
      },
      ({ label }) => ({ action: 'user.link_identity', ownerId: accountId, object: label, data: { issuer } }),
    );
  }

  /** The account of an identity. */
  async account(id: number): Promise<AccountEntity> {
    const account = await this.accounts.byId(id);
    if (!account) throw new SignInProblem('disabled');
    return account;
  }

  /** @throws SignInProblem `invitation` */
  private async claimOf(token: string | undefined, by: Caller): Promise<InvitationClaim | undefined> {
    if (token === undefined) return undefined;
    return asProblem(this.invitations.claimRegistration({ token, address: by.origin?.address ?? '' }));
  }

  private async create(account: NewExternalAccount): Promise<IdentityEntity> {
    const { user } = account;
    for (let number = 1; number <= MAX_SUFFIX; number++) {
      const name = number === 1 ? user.name : `${user.name}-${number}`;
      const identity = await this.tryName(name, account).catch((error: unknown) => {
        if (error instanceof HubError && error.code === 'Conflict') return undefined; // taken, or a name of a source
        throw error;
      });
      if (identity) return identity;
    }
    throw new HubError('Conflict', `No free name for the account "${user.name}" was found.`);
  }

  private async tryName(name: string, { issuer, user, by, claim }: NewExternalAccount): Promise<IdentityEntity> {
    if (await this.accounts.find(name)) throw new HubError('Conflict', `The name "${name}" is already taken`);
    const nameCheck = await this.guard.checkAccount(name, { isAdministrator: false });
    const { subject, label, email = null } = user;
    const fullName = user.fullName ?? name;
    const created = await this.audit.act(
      by,
      async (m) => {
        if (claim) await asProblem(claim.use(m));
        const account = await this.accounts.create({ kind: 'user', name, fullName, email, nameCheck }, m);
        const linked = { accountId: account.id, label, invited: claim !== undefined };
        const identity = await this.identities.link({ issuer, subject }, linked, m);
        if (identity.accountId !== account.id) await m.delete(AccountEntity, { id: account.id }); // another request was faster
        return { account, identity };
      },
      ({ account, identity }) =>
        identity.accountId === account.id
          ? {
              action: 'user.create',
              ownerId: account.id,
              object: name,
              data: { issuer, ...(claim && { invitation: claim.invitation.id }) },
            }
          : undefined,
    );
    await this.reserved.publishNewAccount();
    this.logCreated(created.account, issuer);
    return created.identity;
  }

  private logCreated({ name }: AccountEntity, issuer: string): void {
    this.logger.log({ account: name, issuer }, 'A user of a sign-in provider has signed in for the first time');
  }
}

/** The problem of an invitation, which the sign-in page explains. */
const asProblem = <T>(use: Promise<T>): Promise<T> =>
  use.catch((cause: unknown) => {
    throw cause instanceof HubError ? new SignInProblem('invitation', { cause }) : cause;
  });
