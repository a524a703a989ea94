import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from '../account.entity.js';
import type { MemberRole } from '../membership.entity.js';

/** An invitation to an organization or to the hub: a link, or for one user (`inviteeId`). It is deleted when it is revoked or declined. */
@Entity('invitations')
@Unique('uq_invitations_hash', ['hash'])
@Unique('uq_invitations_invitee', ['organizationId', 'inviteeId'])
export class InvitationEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_invitations' })
  id: number;

  /** Null for an invitation to the hub, which permits a registration. */
  @Column('integer', { name: 'organization_id', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'fk_invitations_organization', onDelete: 'CASCADE' })
  organizationId: number | null;

  /** The role in the organization. */
  @Column('varchar', { length: 8, nullable: true })
  role: MemberRole | null;

  /** The only user who can accept it; null for links. */
  @Column('integer', { name: 'invitee_id', nullable: true })
  @Index('ix_invitations_invitee')
  @ForeignKey(() => AccountEntity, { name: 'fk_invitations_invitee', onDelete: 'CASCADE' })
  inviteeId: number | null;

  /** Hex SHA-256 of the token of a link. */
  @Column('varchar', { length: 64, nullable: true })
  hash: string | null;

  /** For whom the link is, as the inviter has noted. */
  @Column('varchar', { length: 254, nullable: true })
  note: string | null;

  @Column('integer', { name: 'max_uses' })
  maxUses: number;

  @Column('integer', { default: 0 })
  uses: number;

  /** The inviter; null for the admin token. Invitations of deleted accounts are deleted. */
  @Column('integer', { name: 'created_by', nullable: true })
  @Index('ix_invitations_created_by')
  @ForeignKey(() => AccountEntity, { name: 'fk_invitations_created_by', onDelete: 'CASCADE' })
  createdBy: number | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  @Index('ix_invitations_expires_at')
  expiresAt: Date;
}
