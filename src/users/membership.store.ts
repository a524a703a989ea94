import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../domain/hub-error.js';
import { hasPermission, type Caller } from '../domain/caller.js';
import { AccountEntity } from './account.entity.js';
import { MembershipEntity, type MemberRole } from './membership.entity.js';
import type { ReadableRepos } from './readable-repos.js';

/** A membership. `account` is the other side: the member in a list of members, the organization in a list of organizations. */
export interface Membership {
  readonly account: AccountEntity;
  readonly role: MemberRole;
}

export interface MemberPage {
  readonly limit: number;
  /** Return members whose account id is greater than this. */
  readonly after?: number;
}

@Injectable()
export class MembershipStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Assigns a role, which groups of a provider do not remove.
   * @param m - the transaction to run in, if any
   */
  async setRole(membership: MembershipKey & { role: MemberRole }, m: EntityManager = this.database.manager) {
    const row = { ...membership, grantedBy: null, assignedRole: null };
    await m.upsert(MembershipEntity, row, ['organizationId', 'userId']);
  }

  async roleIn(organizationId: number, userId: number): Promise<MemberRole | undefined> {
    const membership = await this.database.manager.findOneBy(MembershipEntity, { organizationId, userId });
    return membership?.role;
  }

  /**
   * Adds a member or changes a role; `null` removes the member.
   * @returns the role before; undefined if the user was not a member
   * @throws HubError `Conflict` if the organization would be left without an admin, `NotFound` when removing a user who is not a member
   */
  change(key: MembershipKey, role: MemberRole | null, outer = this.database.manager): Promise<MemberRole | undefined> {
    return outer.transaction(async (m) => {
      await lockOrganizations(m, [key.organizationId]);
      const before = await m.findOneBy(MembershipEntity, { ...key });
      if (before === null && role === null)
        throw new HubError('NotFound', 'The user is not a member of this organization');
      if (before?.role === 'admin' && role !== 'admin' && (await isLastAdmin(m, key)))
        throw new HubError('Conflict', 'An organization needs at least one admin. Make another member an admin first.');
      if (role === null) await m.delete(MembershipEntity, { ...key });
      else await this.setRole({ ...key, role }, m);
      return before?.role;
    });
  }

  /** The user's organizations, ordered by name. */
  organizationsOf(userId: number): Promise<Membership[]> {
    return this.query(`m.organization_id = a.id WHERE m.user_id = $1 ORDER BY a.lookup_name`, [userId]);
  }

  /** A page of an organization's members, ordered by account id. */
  members(organizationId: number, { limit, after = 0 }: MemberPage): Promise<Membership[]> {
    const condition = 'm.user_id = a.id WHERE m.organization_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3';
    return this.query(condition, [organizationId, after, limit]);
  }

  /** The service accounts of an organization with their roles, ordered by name. */
  serviceAccounts(organizationId: number): Promise<Membership[]> {
    const condition = 'm.user_id = a.id WHERE m.organization_id = $1 AND a.service_of = $1 ORDER BY a.lookup_name';
    return this.query(condition, [organizationId]);
  }

  /** The private repositories that a caller may read: the account's own and its organizations', as far as its access token includes them. */
  async readableBy(caller: Caller): Promise<ReadableRepos> {
    if (caller.accountId === undefined) return { owners: [], repositories: [] };
    const accountId = Number(caller.accountId);
    const memberships = await this.organizationsOf(accountId);
    const all = [accountId, ...memberships.map(({ account }) => account.id)];
    const owners = all.filter((account) => hasPermission(caller, 'repo.content.read', { account }));
    const scoped = [...(caller.scopes?.repositories.keys() ?? [])].filter((repository) =>
      hasPermission(caller, 'repo.content.read', { repository }),
    );
    return { owners, repositories: await this.ownedBy(all, scoped) };
  }

  countMembers(organizationId: number): Promise<number> {
    return this.database.manager.countBy(MembershipEntity, { organizationId });
  }

  /** The repositories among `ids` that one of the accounts owns: repositories may have moved since a token was created. */
  private async ownedBy(accounts: readonly number[], ids: readonly number[]): Promise<number[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.manager.query<{ id: number }[]>(
      'SELECT id FROM repositories WHERE id = ANY($1) AND owner_id = ANY($2)',
      [ids, accounts],
    );
    return rows.map(({ id }) => id);
  }

  private async query(condition: string, values: readonly number[]): Promise<Membership[]> {
    const rows = await this.database.manager.query<{ id: number; role: MemberRole }[]>(
      `SELECT a.id, m.role FROM memberships m JOIN accounts a ON ${condition}`,
      [...values],
    );
    const accounts = await this.database.manager
      .createQueryBuilder(AccountEntity, 'a')
      .where('a.id = ANY(:ids)', { ids: rows.map(({ id }) => id) })
      .getMany();
    const byId = new Map(accounts.map((account) => [account.id, account]));
    return rows.flatMap(({ id, role }) => (byId.has(id) ? [{ account: byId.get(id)!, role }] : []));
  }
}

export interface MembershipKey {
  readonly organizationId: number;
  readonly userId: number;
}

/** Locks organizations until the transaction ends, so that changes of their admins are serialized. */
export async function lockOrganizations(m: EntityManager, ids: readonly number[]): Promise<void> {
  await m.query('SELECT 1 FROM accounts WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE', [ids]);
}

/** Service accounts do not count: organizations are administered by people. */
async function isLastAdmin(m: EntityManager, { organizationId, userId }: MembershipKey): Promise<boolean> {
  const [other] = await m.query<unknown[]>(
    `SELECT 1 FROM memberships o JOIN accounts a ON a.id = o.user_id
     WHERE o.organization_id = $1 AND o.role = 'admin' AND o.user_id <> $2 AND a.service_of IS NULL LIMIT 1`,
    [organizationId, userId],
  );
  return other === undefined;
}
