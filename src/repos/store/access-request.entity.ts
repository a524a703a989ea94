import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from '../../users/account.entity.js';
import type { RequestStatus } from './content-gate.js';
import { RepoEntity } from './repo.entity.js';

/** The request of an account for access to a gated repository, or access that was granted without one. An account has at most one per repository. */
@Entity('access_requests')
@Unique('uq_access_requests', ['repositoryId', 'accountId'])
@Index('ix_access_requests_status', ['repositoryId', 'status', 'id'])
export class AccessRequestEntity {
  /** In the order in which requests were made. */
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_access_requests' })
  id: number;

  @Column('integer', { name: 'repository_id' })
  @ForeignKey(() => RepoEntity, { name: 'fk_access_requests_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @Index('ix_access_requests_account')
  @Column('integer', { name: 'account_id' })
  @ForeignKey(() => AccountEntity, { name: 'fk_access_requests_account', onDelete: 'CASCADE' })
  accountId: number;

  @Column('varchar', { length: 8 })
  status: RequestStatus;

  /** Answers by the labels of the form, in its order, which `jsonb` would not keep; null if the repository had no form. */
  @Column('json', { nullable: true })
  fields: Record<string, string> | null;

  /** The reason of a rejected or reset request, for its account. */
  @Column('varchar', { length: 200, nullable: true })
  reason: string | null;

  /** Whether the account has agreed to share its email address, as it does when it requests access. */
  @Column('boolean', { name: 'shares_email' })
  sharesEmail: boolean;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt: Date;

  /** When the request was last accepted, rejected or reset; null for a pending one. */
  @Column('timestamptz', { name: 'reviewed_at', nullable: true })
  reviewedAt: Date | null;

  /** The account that accepted the request; null for others, and for requests that were accepted automatically. */
  @Index('ix_access_requests_granted_by')
  @Column('integer', { name: 'granted_by', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'fk_access_requests_granted_by', onDelete: 'SET NULL' })
  grantedBy: number | null;
}
