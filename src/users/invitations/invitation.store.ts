import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { MemberRole } from '../membership.entity.js';
import { InvitationEntity } from './invitation.entity.js';

/** An invitation with the names of its accounts. */
export interface Invitation {
  readonly id: number;
  /** Null for an invitation to the hub. */
  readonly organizationId: number | null;
  readonly organization: string | null;
  readonly role: MemberRole | null;
  readonly inviteeId: number | null;
  readonly invitee: string | null;
  readonly note: string | null;
  readonly maxUses: number;
  readonly uses: number;
  /** Name of the inviter; null for the admin token. */
  readonly inviter: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Whether the inviter may still invite. */
  readonly isBacked: boolean;
}

/** The invitations to an organization, or to the hub (`null`). */
export type InvitationScope = number | null;

/** How long expired invitations are kept, so that their links report that they have expired. */
const KEPT = "interval '30 days'";

/** The inviter still is an admin of the organization, or an administrator of the hub. Otherwise a removed admin could return with a link. */
const IS_BACKED = `CASE WHEN i.organization_id IS NULL
  THEN i.created_by IS NULL OR EXISTS (SELECT FROM accounts b WHERE b.id = i.created_by AND b.administrator AND b.disabled_at IS NULL)
  ELSE EXISTS (SELECT FROM memberships bm JOIN accounts b ON b.id = bm.user_id
    WHERE bm.organization_id = i.organization_id AND bm.user_id = i.created_by AND bm.role = 'admin' AND b.disabled_at IS NULL) END`;

const SELECT = `
  SELECT i.id, i.organization_id AS "organizationId", o.name AS organization, i.role, i.invitee_id AS "inviteeId", u.name AS invitee, i.note,
    i.max_uses AS "maxUses", i.uses, c.name AS inviter, i.created_at AS "createdAt", i.expires_at AS "expiresAt", ${IS_BACKED} AS "isBacked"
  FROM invitations i LEFT JOIN accounts o ON o.id = i.organization_id LEFT JOIN accounts u ON u.id = i.invitee_id
    LEFT JOIN accounts c ON c.id = i.created_by`;

const OPEN = `i.expires_at > $1 AND i.uses < i.max_uses AND ${IS_BACKED}`;

@Injectable()
export class InvitationStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Creates an invitation, which replaces an earlier one for the same user, and deletes those that expired long ago.
   * @param m - the transaction to run in
   */
  async create(row: Omit<InvitationEntity, 'id' | 'uses'>, m: EntityManager): Promise<Invitation> {
    const { organizationId, inviteeId } = row;
    await m.query(`DELETE FROM invitations WHERE expires_at < $1::timestamptz - ${KEPT}`, [row.createdAt]);
    if (organizationId !== null && inviteeId !== null) await m.delete(InvitationEntity, { organizationId, inviteeId });
    const { identifiers } = await m.insert(InvitationEntity, row);
    const [created] = await m.query<Invitation[]>(`${SELECT} WHERE i.id = $1`, [identifiers[0]!['id']]);
    return created!;
  }

  /** Invitations that can be accepted, newest first. */
  list(scope: InvitationScope, now: Date): Promise<Invitation[]> {
    const of = scope === null ? 'i.organization_id IS NULL' : 'i.organization_id = $2';
    const values = scope === null ? [now] : [now, scope];
    return this.database.query(`${SELECT} WHERE ${OPEN} AND ${of} ORDER BY i.id DESC`, values);
  }

  /** The number of invitations that have not expired. */
  async count(scope: InvitationScope, now: Date): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>(
      'SELECT count(*)::integer AS count FROM invitations WHERE expires_at > $1 AND organization_id IS NOT DISTINCT FROM $2::integer',
      [now, scope],
    );
    return row!.count;
  }

  /** Invitations that a user can accept, newest first. */
  forUser(userId: number, now: Date): Promise<Invitation[]> {
    return this.database.query(`${SELECT} WHERE ${OPEN} AND i.invitee_id = $2 ORDER BY i.id DESC`, [now, userId]);
  }

  async byHash(hash: string): Promise<Invitation | undefined> {
    const [row] = await this.database.query<Invitation[]>(`${SELECT} WHERE i.hash = $1`, [hash]);
    return row;
  }

  /**
   * Uses an invitation once. Concurrent uses wait for each other.
   * @param m - the transaction of what it permits
   * @returns whether it could be used
   */
  async use(id: number, now: Date, m: EntityManager): Promise<boolean> {
    const [rows] = await m.query<[unknown[], number]>(
      `UPDATE invitations i SET uses = uses + 1 WHERE i.id = $2 AND ${OPEN} RETURNING i.id`,
      [now, id],
    );
    return rows.length === 1;
  }

  /** @returns the deleted invitation; undefined if the organization or the hub has no such invitation */
  async delete(id: number, scope: InvitationScope, m: EntityManager): Promise<Invitation | undefined> {
    return this.deleteWhere(id, ({ organizationId }) => organizationId === scope, m);
  }

  /** @returns the deleted invitation; undefined if the user has no such invitation */
  async decline(id: number, userId: number, m: EntityManager): Promise<Invitation | undefined> {
    return this.deleteWhere(id, ({ inviteeId }) => inviteeId === userId, m);
  }

  private async deleteWhere(id: number, matches: (invitation: Invitation) => boolean, m: EntityManager) {
    const [found] = await m.query<Invitation[]>(`${SELECT} WHERE i.id = $1`, [id]);
    if (!found || !matches(found)) return undefined;
    const { affected } = await m.delete(InvitationEntity, { id });
    return affected === 1 ? found : undefined;
  }
}
