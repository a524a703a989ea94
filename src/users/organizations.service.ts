import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { checkAccountName } from '../domain/check-name.js';
import { requireWriting } from '../domain/require-caller.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { AccountsService } from './accounts.service.js';
import type { MemberRole } from './membership.entity.js';
import { MembershipStore, type MemberPage, type Membership } from './membership.store.js';

/** A page of an organization's members. */
export interface MembersPage {
  readonly members: readonly Membership[];
  /** The last one's id, if more follow. */
  readonly next?: number;
}

/** Makes organizations and says who belongs to them. */
@Injectable()
export class OrganizationsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly stored: AccountStore,
    private readonly memberships: MembershipStore,
  ) {}

  /**
   * Whoever makes it is its first admin.
   * @throws HubError `Unauthorized`, `Forbidden` for who may only read, `BadRequest` for an impossible name, `Conflict` for a taken one
   */
  create(caller: Caller, { name, bio }: { name: string; bio?: string | null }): Promise<AccountEntity> {
    const { accountId } = requireWriting(caller);
    checkAccountName(name);
    return this.database.transaction(async (m) => {
      const made = await this.stored.create({ kind: 'organization', name, fullName: name, bio: bio ?? '' }, m);
      await this.memberships.setRole({ organizationId: made.id, userId: accountId, role: 'admin' }, m);
      return made;
    });
  }

  /** A page of members in the order in which their accounts were made. @throws HubError NotFound */
  async members(organization: string, { limit, after }: MemberPage): Promise<MembersPage> {
    const { id } = await this.accounts.existing(organization, 'organization');
    const found = await this.memberships.members(id, { limit: limit + 1, after });
    const members = found.slice(0, limit);
    return found.length > limit ? { members, next: members.at(-1)!.account.id } : { members };
  }

  /**
   * Gives a user a role, or with null takes the place away; everybody may leave.
   * @throws HubError `NotFound`, `Forbidden` for who is no admin there, `Conflict` when no admin would be left
   */
  async setRole(caller: Caller, place: { organization: string; user: string }, role: MemberRole | null): Promise<void> {
    const { accountId } = requireWriting(caller);
    const { id: organizationId } = await this.accounts.existing(place.organization, 'organization');
    const admin = (await this.accounts.roleOf(caller, organizationId)) === 'admin';
    const leaves = role === null && (await this.accounts.find(place.user))?.id === accountId;
    if (!admin && !leaves)
      throw new HubError('Forbidden', `Only an admin of "${place.organization}" says who belongs to it`);
    const { id: userId } = await this.accounts.existing(place.user, 'user');
    await this.memberships.change({ organizationId, userId }, role);
  }
}
