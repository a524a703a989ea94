import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../domain/hub-error.js';
import { AccountEntity } from './account.entity.js';
import { MembershipEntity, type MemberRole } from './membership.entity.js';

/** FoundAccount's place in an organization, seen from either side: the account is the other one. */
export interface Membership {
  readonly account: AccountEntity;
  readonly role: MemberRole;
}

/** Which members to list. */
export interface MemberPage {
  readonly limit: number;
  /** Only those whose account has a greater id. */
  readonly after?: number;
}

/** Who is in which organization, as it lies in the database. */
@Injectable()
export class MembershipStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @param m the transaction in which something else is done with it */
  async setRole(place: MembershipKey & { role: MemberRole }, m: EntityManager = this.database.manager) {
    await m.upsert(MembershipEntity, place, ['organizationId', 'userId']);
  }

  /** The user's role in the organization, if any. */
  async roleIn(organizationId: number, userId: number): Promise<MemberRole | undefined> {
    const membership = await this.database.manager.findOneBy(MembershipEntity, { organizationId, userId });
    return membership?.role;
  }

  /**
   * Gives a member another role, or with null takes the place away; a new role makes a member of anybody.
   * @throws HubError `Conflict` when nobody would be left to administer the organization, `NotFound` for taking away what is not there
   */
  async change(place: MembershipKey, role: MemberRole | null): Promise<void> {
    await this.database.transaction(async (m) => {
      await lockOrganizations(m, [place.organizationId]);
      const before = await m.findOneBy(MembershipEntity, { ...place });
      if (before === null && role === null) throw new HubError('NotFound', 'There is no such member');
      if (before?.role === 'admin' && role !== 'admin' && (await isLastAdmin(m, place)))
        throw new HubError('Conflict', 'The last admin of an organization stays one: make somebody else admin first');
      if (role === null) await m.delete(MembershipEntity, { ...place });
      else await this.setRole({ ...place, role }, m);
    });
  }

  /** The organizations that the user is in, by name. */
  organizationsOf(userId: number): Promise<Membership[]> {
    return this.places(`m.organization_id = a.id WHERE m.user_id = $1 ORDER BY a.lookup_name`, [userId]);
  }

  /** A page of an organization's members, in the order of their ids. */
  members(organizationId: number, { limit, after = 0 }: MemberPage): Promise<Membership[]> {
    const which = 'm.user_id = a.id WHERE m.organization_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3';
    return this.places(which, [organizationId, after, limit]);
  }

  countMembers(organizationId: number): Promise<number> {
    return this.database.manager.countBy(MembershipEntity, { organizationId });
  }

  private async places(which: string, values: readonly number[]): Promise<Membership[]> {
    const rows = await this.database.manager.query<{ id: number; role: MemberRole }[]>(
      `SELECT a.id, m.role FROM memberships m JOIN accounts a ON ${which}`,
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

/** Which place. */
export interface MembershipKey {
  readonly organizationId: number;
  readonly userId: number;
}

/** Changes of who administers an organization come one after the other. */
export async function lockOrganizations(m: EntityManager, ids: readonly number[]): Promise<void> {
  await m.query('SELECT 1 FROM accounts WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE', [ids]);
}

async function isLastAdmin(m: EntityManager, { organizationId, userId }: MembershipKey): Promise<boolean> {
  const admins = await m.findBy(MembershipEntity, { organizationId, role: 'admin' });
  return admins.every((admin) => admin.userId === userId);
}
