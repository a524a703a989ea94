import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { AccountsService } from '../accounts.service.js';
import { credentialHash } from '../callers.service.js';
import type { MemberRole } from '../membership.entity.js';
import { MembershipStore } from '../membership.store.js';
import { InvitationStore, type Invitation, type InvitationScope } from './invitation.store.js';

const DAY_MS = 24 * 60 * 60 * 1000;
export const DEFAULT_DAYS = 7;
/** Open invitations of an organization, and of the hub. */
const MAX_OPEN = 500;

/** The limits of an invitation. */
export interface InvitationLimits {
  /** Days until it expires. */
  readonly days?: number;
  /** How often a link can be used. */
  readonly maxUses?: number;
  readonly note?: string | null;
}

/** An invitation to an organization. */
export interface OrganizationInvitation extends InvitationLimits {
  readonly role: MemberRole;
  /** Name of the user; undefined for a link. */
  readonly user?: string;
}

/** A new invitation. */
export interface NewInvitation {
  readonly invitation: Invitation;
  /** The token of a link, which is not stored; undefined for the invitation of a user. */
  readonly token?: string;
}

/** The invitations of organizations and of the hub, for those who may invite. The right to do so is checked by the route. */
@Injectable()
export class Invitations {
  constructor(
    private readonly store: InvitationStore,
    private readonly accounts: AccountsService,
    private readonly memberships: MembershipStore,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws HubError `NotFound` if there is no such organization */
  async scopeOf(organization: string): Promise<number> {
    return (await this.accounts.getByName(organization, 'organization')).id;
  }

  /** Open invitations, newest first. */
  list(scope: InvitationScope): Promise<Invitation[]> {
    return this.store.list(scope, this.clock());
  }

  /**
   * Invites a user to an organization, or creates a link. An invitation replaces an earlier one of the same user.
   * @throws HubError `NotFound` for an unknown organization or user, `BadRequest` for a service account, `Conflict` for a member
   */
  async inviteToOrganization(
    caller: Caller,
    organization: string,
    { user, role, ...limits }: OrganizationInvitation,
  ): Promise<NewInvitation> {
    const organizationId = await this.scopeOf(organization);
    const inviteeId = user === undefined ? null : await this.inviteeOf(organizationId, user);
    return this.create(caller, { organizationId, role, inviteeId }, limits);
  }

  /** Creates a link that permits registrations. */
  inviteToHub(caller: Caller, limits: InvitationLimits): Promise<NewInvitation> {
    return this.create(caller, { organizationId: null, role: null, inviteeId: null }, limits);
  }

  /** @throws HubError `NotFound` */
  async revoke(caller: Caller, scope: InvitationScope, id: string): Promise<void> {
    await this.audit.act(
      caller,
      async (m) => {
        const invitation = /^\d{1,9}$/.test(id) ? await this.store.delete(Number(id), scope, m) : undefined;
        if (!invitation) throw new HubError('NotFound', `There is no invitation ${id}. It may have been revoked.`);
        return invitation;
      },
      (invitation) => ({
        action: scope === null ? 'hub.invite.revoke' : 'org.invite.revoke',
        ...eventOf(invitation),
      }),
    );
  }

  private async inviteeOf(organizationId: number, user: string): Promise<number> {
    const { id, name, serviceOf } = await this.accounts.getByName(user, 'user');
    if (serviceOf !== null)
      throw new HubError('BadRequest', `"${name}" is a service account, which cannot join other organizations.`);
    if ((await this.memberships.roleIn(organizationId, id)) !== undefined)
      throw new HubError('Conflict', `"${name}" is already a member of this organization.`);
    return id;
  }

  private async create(
    caller: Caller,
    target: Pick<Parameters<InvitationStore['create']>[0], 'organizationId' | 'role' | 'inviteeId'>,
    { days = DEFAULT_DAYS, maxUses = 1, note }: InvitationLimits,
  ): Promise<NewInvitation> {
    const now = this.clock();
    const { organizationId, inviteeId } = target;
    if ((await this.store.count(organizationId, now)) >= MAX_OPEN)
      throw new HubError('Conflict', `There are ${MAX_OPEN} open invitations. Revoke some of them first.`);
    const token = inviteeId === null ? randomBytes(32).toString('base64url') : undefined;
    const row = {
      ...target,
      hash: token === undefined ? null : credentialHash(token),
      note: note ?? null,
      maxUses: inviteeId === null ? maxUses : 1,
      createdBy: caller.accountId === undefined ? null : Number(caller.accountId),
      createdAt: now,
      expiresAt: new Date(now.getTime() + days * DAY_MS),
    };
    const invitation = await this.audit.act(
      caller,
      (m) => this.store.create(row, m),
      (created) => ({
        action: organizationId === null ? 'hub.invite_user' : 'org.invite_user',
        ...eventOf(created),
      }),
    );
    return { invitation, ...(token !== undefined && { token }) };
  }
}

/** The part of an event that describes an invitation. Notes are left out, because they may have e-mail addresses. */
export function eventOf({ id, organizationId, invitee, role, maxUses, expiresAt }: Invitation) {
  return {
    ...(organizationId !== null && { ownerId: organizationId }),
    object: invitee ?? `link ${id}`,
    data: { invitation: id, ...(role && { role }), uses: maxUses, expiresAt },
  };
}
