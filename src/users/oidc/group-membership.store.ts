import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Any, DataSource, type EntityManager } from 'typeorm';
import { AuditLog, type AuditEvent } from '../../platform/audit/audit-log.service.js';
import type { OidcProvider } from '../../platform/config/hub-config.js';
import { AccountEntity } from '../account.entity.js';
import { MembershipEntity, type MemberRole } from '../membership.entity.js';
import { lockOrganizations } from '../membership.store.js';
import { afterSignIn, rolesOf } from './group-roles.js';

/** The settings of a provider that give roles. */
type GroupRoles = Pick<OidcProvider, 'id' | 'issuer' | 'groups'> & { readonly adminGroup?: string | undefined };

/** Applies the groups of a user: memberships in organizations, and the role of administrators. */
@Injectable()
export class GroupMembershipStore {
  private readonly logger = new Logger('SignIn');

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /** @returns whether the user is now an administrator or no longer one */
  apply(provider: GroupRoles, userId: number, groups: readonly string[]): Promise<boolean> {
    return this.database.transaction((m) => this.applyIn(m, provider, userId, groups));
  }

  /**
   * Takes back all that the groups of an issuer gave, which may no longer be configured.
   * @param m - the transaction to run in
   */
  async takeBack(m: EntityManager, issuer: string, userId: number): Promise<void> {
    await this.applyIn(m, { id: issuer, issuer, groups: [] }, userId, []);
  }

  private async applyIn(
    m: EntityManager,
    provider: GroupRoles,
    userId: number,
    groups: readonly string[],
  ): Promise<boolean> {
    const roles = await this.byOrganization(m, rolesOf(groups, provider), provider);
    const current = await m.findBy(MembershipEntity, { userId });
    const ids = [...new Set([...roles.keys(), ...current.map(({ organizationId }) => organizationId)])];
    await lockOrganizations(m, ids);
    const before = new Map((await m.findBy(MembershipEntity, { userId })).map((row) => [row.organizationId, row]));
    const user = await m.findOneByOrFail(AccountEntity, { id: userId });
    for (const organizationId of ids) {
      const membership = before.get(organizationId);
      const after = afterSignIn(membership, roles.get(organizationId), provider.issuer);
      const key = { organizationId, userId };
      if (after === null) await m.delete(MembershipEntity, key);
      else await m.upsert(MembershipEntity, { ...key, ...pick(after) }, ['organizationId', 'userId']);
      const event = roleEvent(membership?.role, after?.role);
      const data = { role: after?.role ?? null, issuer: provider.issuer };
      if (event) await this.audit.record(m, undefined, { ...event, ownerId: organizationId, object: user.name, data });
    }
    return this.applyAdministrator(m, provider, user, groups);
  }

  /** The roles by the id of the organization. Organizations that do not exist are not created. */
  private async byOrganization(
    m: EntityManager,
    roles: ReadonlyMap<string, MemberRole>,
    { id }: GroupRoles,
  ): Promise<ReadonlyMap<number, MemberRole>> {
    if (roles.size === 0) return new Map();
    const found = await m.findBy(AccountEntity, { kind: 'organization', lookupName: Any([...roles.keys()]) });
    const names = new Set(found.map(({ lookupName }) => lookupName));
    const missing = [...roles.keys()].filter((name) => !names.has(name));
    if (missing.length > 0)
      this.logger.warn(
        { provider: id, missing },
        'Groups give roles in organizations that do not exist. Create them, or correct the setting.',
      );
    return new Map(found.map((account) => [account.id, roles.get(account.lookupName)!]));
  }

  private async applyAdministrator(
    m: EntityManager,
    { issuer, adminGroup }: GroupRoles,
    { id, name }: AccountEntity,
    groups: readonly string[],
  ): Promise<boolean> {
    const isMember = adminGroup !== undefined && groups.includes(adminGroup);
    const sql = isMember
      ? 'UPDATE accounts SET administrator = true, administrator_by = $2 WHERE id = $1 AND NOT administrator RETURNING id'
      : 'UPDATE accounts SET administrator = false, administrator_by = NULL WHERE id = $1 AND administrator_by = $2 RETURNING id';
    const [rows] = await m.query<[unknown[], number]>(sql, [id, issuer]);
    if (rows.length === 0) return false;
    const action = isMember ? 'user.grant_admin' : 'user.revoke_admin';
    await this.audit.record(m, undefined, { action, ownerId: id, object: name, data: { issuer } });
    return true;
  }
}

/** The event of a changed role; undefined if it is the same. */
function roleEvent(
  before: MemberRole | undefined,
  after: MemberRole | undefined,
): Pick<AuditEvent, 'action'> | undefined {
  if (before === after) return undefined;
  if (after === undefined) return { action: 'org.remove_user' };
  return { action: before === undefined ? 'org.add_user' : 'org.change_role' };
}

const pick = ({ role, grantedBy, assignedRole }: Pick<MembershipEntity, 'role' | 'grantedBy' | 'assignedRole'>) => ({
  role,
  grantedBy,
  assignedRole,
});
