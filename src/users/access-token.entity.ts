import {
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
  type Relation,
} from 'typeorm';
import type { TokenRole } from '../domain/caller.js';
import type { Permission } from '../domain/permissions.js';
import { AccountEntity } from './account.entity.js';
import { TrustedPublisherEntity } from './trusted-publisher.entity.js';

/** An access token of an account. Only the hash of the token is stored. */
@Entity('access_tokens')
@Unique('uq_access_tokens_hash', ['hash'])
@Unique('uq_access_tokens_previous_hash', ['previousHash'])
@Unique('uq_access_tokens_refresh_hash', ['refreshHash'])
@Unique('uq_access_tokens_previous_refresh_hash', ['previousRefreshHash'])
export class AccessTokenEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_access_tokens' })
  id: number;

  @Index('ix_access_tokens_account')
  @Column('integer', { name: 'account_id' })
  accountId: number;

  @ManyToOne(() => AccountEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'fk_access_tokens_account' })
  account: Relation<AccountEntity>;

  /** Label chosen by the owner. */
  @Column('varchar', { length: 100 })
  name: string;

  @Column('varchar', { length: 16 })
  role: TokenRole;

  /** Permissions of a fine-grained token that do not depend on an entity. The others are in `token_scopes`. */
  @Column('text', { name: 'global_permissions', array: true, default: [] })
  globalPermissions: Permission[];

  /** Whether a fine-grained token may read public gated repositories to which the account was given access. */
  @Column('boolean', { name: 'can_read_gated', default: false })
  canReadGatedRepos: boolean;

  /** Hex SHA-256 of the token. */
  @Column('varchar', { length: 64 })
  hash: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  /** IP address of the client that used the token last. */
  @Column('varchar', { name: 'last_used_address', length: 64, nullable: true })
  lastUsedAddress: string | null;

  /** The program that was signed in with a device code and got this token; null for a token that a user has created. Only such tokens have the fields for refreshes below. */
  @Column('varchar', { name: 'client_id', length: 100, nullable: true })
  clientId: string | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** Hex SHA-256 of the token with which the program gets the next access token. */
  @Column('varchar', { name: 'refresh_hash', length: 64, nullable: true })
  refreshHash: string | null;

  @Column('timestamptz', { name: 'refresh_expires_at', nullable: true })
  refreshExpiresAt: Date | null;

  /** The trusted publisher that got this token for a CI job; null for other tokens. */
  @Column('integer', { name: 'publisher_id', nullable: true })
  @ForeignKey(() => TrustedPublisherEntity, { name: 'fk_access_tokens_publisher', onDelete: 'CASCADE' })
  @Index('ix_access_tokens_publisher', { where: 'publisher_id IS NOT NULL' })
  publisherId: number | null;

  /** Claim `sub` of the ID token of the CI job. */
  @Column('varchar', { name: 'publisher_subject', length: 500, nullable: true })
  publisherSubject: string | null;

  /** The access token before the last refresh. */
  @Column('varchar', { name: 'previous_hash', length: 64, nullable: true })
  previousHash: string | null;

  @Column('timestamptz', { name: 'previous_expires_at', nullable: true })
  previousExpiresAt: Date | null;

  /** The refresh token before the last refresh, to detect that it is used again. */
  @Column('varchar', { name: 'previous_refresh_hash', length: 64, nullable: true })
  previousRefreshHash: string | null;
}
