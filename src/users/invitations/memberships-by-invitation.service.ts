import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { requireSession } from '../../domain/require-caller.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { lockOrganizations, MembershipStore } from '../membership.store.js';
import { InvitationLinks, type InvitationLink } from './invitation-links.service.js';
import { InvitationStore, type Invitation } from './invitation.store.js';
import { eventOf } from './invitations.service.js';

/** Accepts and declines invitations to organizations. Requires a session: programs do not join organizations. */
@Injectable()
export class MembershipsByInvitation {
  constructor(
    private readonly store: InvitationStore,
    private readonly links: InvitationLinks,
    private readonly memberships: MembershipStore,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The invitations of the caller. */
  list(caller: Caller): Promise<Invitation[]> {
    return this.store.forUser(requireSession(caller).accountId, this.clock());
  }

  /**
   * Joins the organization of a link.
   * @returns the name of the organization
   * @throws HubError as `InvitationLinks.find`; `Conflict` for members, `BadRequest` for an invitation to the hub
   */
  async acceptLink(caller: Caller, link: InvitationLink): Promise<string> {
    requireSession(caller);
    return this.join(caller, await this.links.find(link));
  }

  /**
   * Joins the organization that has invited the caller.
   * @returns the name of the organization
   * @throws HubError `NotFound` for an invitation that the caller does not have
   */
  async accept(caller: Caller, id: string): Promise<string> {
    const invitation = (await this.list(caller)).find((own) => String(own.id) === id);
    if (!invitation) throw unknownInvitation();
    return this.join(caller, invitation);
  }

  /** @throws HubError `NotFound` for an invitation that the caller does not have */
  async decline(caller: Caller, id: string): Promise<void> {
    const { accountId } = requireSession(caller);
    await this.audit.act(
      caller,
      async (m) => {
        const declined = /^\d{1,9}$/.test(id) ? await this.store.decline(Number(id), accountId, m) : undefined;
        if (!declined) throw unknownInvitation();
        return declined;
      },
      (declined) => ({ action: 'org.invite.decline', ...eventOf(declined) }),
    );
  }

  private async join(caller: Caller, invitation: Invitation): Promise<string> {
    const { accountId: userId, name } = requireSession(caller);
    const { organizationId, organization, role } = invitation;
    if (organizationId === null || role === null)
      throw new HubError('BadRequest', 'You already have an account. This invitation is for a new one.');
    const alreadyMember = (): HubError => new HubError('Conflict', `You are already a member of "${organization}".`);
    if ((await this.memberships.roleIn(organizationId, userId)) !== undefined) throw alreadyMember();
    await this.audit.act(
      caller,
      async (m) => {
        await lockOrganizations(m, [organizationId]); // before the invitation, as when the organization is deleted
        await this.links.claim(invitation).use(m);
        const before = await this.memberships.change({ organizationId, userId }, role, m);
        if (before !== undefined) throw alreadyMember();
      },
      () => ({ action: 'org.invite.accept', ...eventOf(invitation), object: name }),
    );
    return organization!;
  }
}

const unknownInvitation = (): HubError =>
  new HubError('NotFound', 'You do not have this invitation. It may have expired or been revoked.');
