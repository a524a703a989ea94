import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { requireSession } from '../../domain/require-caller.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CallersService } from '../callers.service.js';
import { PasswordStore } from '../password.store.js';
import { GroupMembershipStore } from './group-membership.store.js';
import type { IdentityEntity } from './identity.entity.js';
import { IdentityStore } from './identity.store.js';
import { OidcSignIn, type StartedFlow } from './oidc-sign-in.service.js';

/** The accounts of providers that the signed-in user signs in with. */
@Injectable()
export class OwnIdentities {
  constructor(
    private readonly identities: IdentityStore,
    private readonly groups: GroupMembershipStore,
    private readonly passwords: PasswordStore,
    private readonly signIns: OidcSignIn,
    private readonly callers: CallersService,
    private readonly audit: AuditLog,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'signIn'>,
  ) {}

  async list(caller: Caller): Promise<{ identities: IdentityEntity[]; hasPassword: boolean }> {
    const { accountId } = requireSession(caller);
    return { identities: await this.identities.ofAccount(accountId), hasPassword: await this.hasPassword(accountId) };
  }

  /**
   * Starts a sign-in at a provider, whose user is linked to the account of the caller.
   * @throws HubError `NotFound`, `UpstreamUnavailable`
   */
  link(caller: Caller, provider: string, urls: UrlBuilder): Promise<StartedFlow> {
    const { accountId } = requireSession(caller);
    return this.signIns.start(provider, urls, { next: '/settings/sign-in', accountId });
  }

  /**
   * Unlinks an account of a provider, ends the sessions that were started with it, and takes back the roles that its groups gave: no later sign-in could.
   * @throws HubError `NotFound`, `Conflict` if the user could not sign in again
   */
  async unlink(caller: Caller, id: string): Promise<void> {
    const { accountId } = requireSession(caller);
    const linked = await this.identities.ofAccount(accountId);
    const identity = linked.find((candidate) => String(candidate.id) === id);
    if (!identity) throw new HubError('NotFound', 'This account is not linked.');
    if (linked.length === 1 && !(await this.hasPassword(accountId)))
      throw new HubError(
        'Conflict',
        'This is the only way to sign in to your account. Set a password or link another account first.',
      );
    const { label, issuer } = identity;
    await this.audit.act(
      caller,
      async (m) => {
        await this.identities.unlink(identity.id, accountId, m);
        const isLast = !linked.some((other) => other.id !== identity.id && other.issuer === issuer);
        if (isLast) await this.groups.takeBack(m, issuer, accountId);
      },
      () => ({ action: 'user.unlink_identity', ownerId: accountId, object: label, data: { issuer } }),
    );
    await this.callers.invalidate(accountId);
  }

  private async hasPassword(accountId: number): Promise<boolean> {
    return this.config.signIn.password && (await this.passwords.findHash(accountId)) !== undefined;
  }
}
