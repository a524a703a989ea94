import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity.js';

export type MemberRole = 'admin' | 'write' | 'read';

/** A user's membership in an organization. */
@Entity('memberships')
export class MembershipEntity {
  @PrimaryColumn('integer', { name: 'organization_id', primaryKeyConstraintName: 'pk_memberships' })
  @ForeignKey(() => AccountEntity, { name: 'fk_memberships_organization', onDelete: 'CASCADE' })
  organizationId: number;

  @PrimaryColumn('integer', { name: 'user_id', primaryKeyConstraintName: 'pk_memberships' })
  @ForeignKey(() => AccountEntity, { name: 'fk_memberships_user', onDelete: 'CASCADE' })
  @Index('ix_memberships_user')
  userId: number;

  @Column('varchar', { length: 8 })
  role: MemberRole;

  /** The issuer whose groups give the role; null if an admin of the organization has assigned it. */
  @Column('varchar', { name: 'granted_by', length: 500, nullable: true })
  grantedBy: string | null;

  /** The lower role that an admin has assigned, which applies when the groups no longer give one. */
  @Column('varchar', { name: 'assigned_role', length: 8, nullable: true })
  assignedRole: MemberRole | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
