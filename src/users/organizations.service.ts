import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { checkChosenAccountName } from '../domain/check-name.js';
import { requireFullAccess, requirePermission, requireWriteAccess } from '../domain/require-caller.js';
import { NamespaceGuard } from '../fallback/guard/namespace-guard.service.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';
import { CredentialCheck } from '../platform/http/credential-check.service.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { AccountsService } from './accounts.service.js';
import type { MemberRole } from './membership.entity.js';
import { ReservedAccounts } from './reserved-accounts.service.js';
import { MembershipStore, type MemberPage, type Membership } from './membership.store.js';

export interface MembersPage {
  readonly members: readonly Membership[];
  /** Cursor of the next page; `undefined` on the last page. */
  readonly next?: number;
}

export interface NewOrganization {
  readonly name: string;
  readonly bio?: string | null;
  /** Administrators may use the name of an organization of a source. */
  readonly isAdministrator: boolean;
}

/** Creates organizations and manages their members. */
@Injectable()
export class OrganizationsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly accounts: AccountsService,
    private readonly store: AccountStore,
    private readonly memberships: MembershipStore,
    private readonly reserved: ReservedAccounts,
    private readonly guard: NamespaceGuard,
    private readonly credentials: CredentialCheck,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Creates an organization with the caller as its first admin.
   * @throws HubError `Unauthorized`, `Forbidden` for read-only tokens and service accounts, `BadRequest` for an invalid name, `Conflict` if the name is taken;
   * as `NamespaceGuard.checkAccount`
   */
  async create(caller: Caller, { name, bio, isAdministrator }: NewOrganization): Promise<AccountEntity> {
    const { accountId } = requireFullAccess(caller, 'create organizations');
    if (caller.serviceOf !== undefined)
      throw new HubError('Forbidden', 'A service account cannot create organizations. Ask a person to create it.');
    checkChosenAccountName(name);
    await this.credentials.checkTexts([name], { isAdministrator });
    await this.accounts.requireAvailable(name);
    const nameCheck = await this.guard.checkAccount(name, { isAdministrator });
    const account = { kind: 'organization', name, fullName: name, bio: bio ?? '', nameCheck } as const;
    const created = await this.database.transaction(async (m) => {
      const organization = await this.store.create(account, m);
      await this.memberships.setRole({ organizationId: organization.id, userId: accountId, role: 'admin' }, m);
      await this.audit.record(m, caller, { action: 'org.create', ownerId: organization.id, object: organization.name });
      return organization;
    });
    await this.reserved.publishNewAccount();
    return created;
  }

  /**
   * Returns a page of members, oldest account first.
   * @throws HubError `NotFound`
   */
  async members(organization: string, { limit, after }: MemberPage): Promise<MembersPage> {
    const { id } = await this.accounts.getByName(organization, 'organization');
    const rows = await this.memberships.members(id, { limit: limit + 1, after });
    const members = rows.slice(0, limit);
    return rows.length > limit ? { members, next: members.at(-1)!.account.id } : { members };
  }

  /** @throws HubError `Unauthorized`, `NotFound`, `Forbidden` if the caller is not an admin of the organization */
  async requireAdmin(caller: Caller, organization: string): Promise<void> {
    requireWriteAccess(caller);
    const { id } = await this.accounts.getByName(organization, 'organization');
    if ((await this.accounts.membershipOf(caller, id)) !== 'admin') throw notAdmin(organization);
    requirePermission(caller, 'org.write', { account: id, on: `the organization "${organization}"` });
  }

  /**
   * Adds a member or changes a role; `null` removes the member. Members may remove themselves.
   * @throws HubError `NotFound`, `Forbidden` if the caller is not an admin, `Conflict` if no admin would remain
   */
  async setRole(
    caller: Caller,
    member: { organization: string; user: string },
    role: MemberRole | null,
  ): Promise<void> {
    const { accountId } = requireWriteAccess(caller);
    const { id: organizationId } = await this.accounts.getByName(member.organization, 'organization');
    const isAdmin = (await this.accounts.membershipOf(caller, organizationId)) === 'admin';
    const isLeaving = role === null && (await this.accounts.find(member.user))?.id === accountId;
    if (!isAdmin && !isLeaving) throw notAdmin(member.organization);
    requirePermission(caller, 'org.write', {
      account: organizationId,
      on: `the organization "${member.organization}"`,
    });
    const { id: userId, name, serviceOf } = await this.accounts.getByName(member.user, 'user');
    if (serviceOf !== null) requireOwnServiceAccount(member, { isOwn: serviceOf === organizationId, role });
    await this.audit.act(
      caller,
      (m) => this.memberships.change({ organizationId, userId }, role, m),
      (before) => memberEvent({ organizationId, name, isLeaving }, before, role),
    );
  }
}

const notAdmin = (organization: string): HubError =>
  new HubError('Forbidden', `Only admins of "${organization}" can manage its members`);

/** Service accounts belong to one organization, until they are deleted. */
function requireOwnServiceAccount(
  { organization, user }: { readonly organization: string; readonly user: string },
  { isOwn, role }: { readonly isOwn: boolean; readonly role: MemberRole | null },
): void {
  if (!isOwn)
    throw new HubError(
      'BadRequest',
      `"${user}" is a service account of another organization. Create one of "${organization}".`,
    );
  if (role === null)
    throw new HubError(
      'BadRequest',
      `"${user}" is a service account. Delete or disable it in the settings of "${organization}".`,
    );
}

/** The event of a change of a membership; undefined if the role is the same. */
function memberEvent(
  { organizationId, name, isLeaving }: { organizationId: number; name: string; isLeaving: boolean },
  before: MemberRole | undefined,
  role: MemberRole | null,
): AuditEvent | undefined {
  const event = { ownerId: organizationId, object: name, data: { role, ...(before && { before }) } };
  if (role === null) return { ...event, action: isLeaving ? 'org.leave' : 'org.remove_user' };
  if (before === role) return undefined;
  return { ...event, action: before === undefined ? 'org.add_user' : 'org.change_role' };
}
