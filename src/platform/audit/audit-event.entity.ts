import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { ActorKind, AuditAction } from '../../domain/audit-actions.js';
import type { RepoType } from '../../domain/repo-id.js';
import { NULLABLE_BIGINT_AS_NUMBER } from '../database/bigint-as-number.js';

/**
 * An entry of the audit log. There are no foreign keys, because events outlive what they are about. A trigger refuses changes; the functions
 * `expire_audit_events` and `redact_audit_events` are the exceptions.
 */
@Entity('audit_events')
@Index('ix_audit_events_owner', ['ownerId', 'id'])
@Index('ix_audit_events_action', ['action', 'id'])
@Index('ix_audit_events_time', ['at'])
@Index('ix_audit_events_actor', { synchronize: false })
@Index('ix_audit_events_repo', { synchronize: false })
export class AuditEventEntity {
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_events' })
  id: string;

  @Column('timestamptz')
  at: Date;

  @Column('varchar', { length: 48 })
  action: AuditAction;

  @Column('varchar', { name: 'actor_kind', length: 24 })
  actorKind: ActorKind;

  /** How the request was allowed to use the admin API; null if it was not. */
  @Column('varchar', { length: 16, nullable: true })
  administrator: 'account' | 'break-glass' | null;

  /** The account's id; null for actors without an account. */
  @Column('integer', { name: 'actor_id', nullable: true })
  actorId: number | null;

  /** The name of the account at that time, or the name with which signing in failed. */
  @Column('varchar', { name: 'actor_name', length: 120, nullable: true })
  actorName: string | null;

  /** The access token of the request; null for sessions. */
  @Column('integer', { name: 'token_id', nullable: true })
  tokenId: number | null;

  @Column('varchar', { name: 'token_name', length: 120, nullable: true })
  tokenName: string | null;

  /** The client's network address. */
  @Column('varchar', { length: 64, nullable: true })
  address: string | null;

  @Column('varchar', { name: 'user_agent', length: 300, nullable: true })
  userAgent: string | null;

  @Column('varchar', { name: 'request_id', length: 128, nullable: true })
  requestId: string | null;

  /** The account that owns what was changed; the log of an organization has its events. */
  @Column('integer', { name: 'owner_id', nullable: true })
  ownerId: number | null;

  @Column('varchar', { name: 'repo_type', length: 16, nullable: true })
  repoType: RepoType | null;

  /** Full name of the repository at that time. */
  @Column('varchar', { name: 'repo_name', length: 200, nullable: true })
  repoName: string | null;

  /** Subject of the action, if it is not a repository: a member, a token, a source. */
  @Column('varchar', { length: 300, nullable: true })
  object: string | null;

  /** Details. Never has secrets. */
  @Column('jsonb', { default: {} })
  data: Record<string, unknown>;

  /** Bytes of a download. */
  @Column('bigint', { nullable: true, transformer: NULLABLE_BIGINT_AS_NUMBER })
  bytes: number | null;
}
