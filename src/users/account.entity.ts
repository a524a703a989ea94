import {
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryGeneratedColumn,
  Unique,
  VirtualColumn,
} from 'typeorm';
import type { AccountKind } from '../domain/account.js';
import { NameCheckColumns } from '../fallback/guard/name-check.entity.js';
import { NULLABLE_BIGINT_AS_NUMBER } from '../platform/database/bigint-as-number.js';

/** A user or an organization. Both share one namespace, since either can be the first part of a repository id. */
@Entity('accounts')
@Unique('uq_accounts_lookup_name', ['lookupName'])
@Index('ix_accounts_reserved', ['lookupName'], { where: 'reserved' })
@Index('ix_accounts_administrator', ['id'], { where: 'administrator' })
@Index('ix_accounts_by_kind', ['kind', 'lookupName'])
@Index('ix_accounts_name_state', { synchronize: false })
@Index('ix_accounts_words', { synchronize: false })
@Index('ix_accounts_name_check', ['nameCheck.nextAt'], { where: 'name_check_at IS NOT NULL' })
export class AccountEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_accounts' })
  id: number;

  @Column('varchar', { length: 16 })
  kind: AccountKind;

  /** As chosen at registration, with its original case. */
  @Column('varchar', { length: 96 })
  name: string;

  /** Lower-case name, used for lookups. */
  @Column('varchar', { name: 'lookup_name', length: 96 })
  lookupName: string;

  @Column('varchar', { name: 'full_name', length: 200 })
  fullName: string;

  /** Visible only to the owner and administrators. */
  @Column('varchar', { length: 254, nullable: true })
  email: string | null;

  /** Argon2id hash, including salt and cost parameters; null disables sign-in. Organizations have no password. */
  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash: string | null;

  /** The organization of a service account; null for other accounts. */
  @Column('integer', { name: 'service_of', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'fk_accounts_service_of', onDelete: 'CASCADE' })
  @Index('ix_accounts_service_of', { where: 'service_of IS NOT NULL' })
  serviceOf: number | null;

  /** When the account was disabled; null for active accounts. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  /** Whether the user may use the admin API. */
  @Column('boolean', { default: false })
  administrator: boolean;

  /** The issuer whose admin group gave the role of an administrator; null if an administrator did. */
  @Column('varchar', { name: 'administrator_by', length: 500, nullable: true })
  administratorBy: string | null;

  @Column('text', { default: '' })
  bio: string;

  /** An http(s) URL, or an empty string. */
  @Column('varchar', { length: 500, default: '' })
  website: string;

  /** User name or URL by network: `{ "github": "alice" }`. */
  @Column('jsonb', { name: 'social_media', default: {} })
  socialMedia: Record<string, string>;

  /** Reserved names are never looked up in external sources. */
  @Column('boolean', { default: false })
  reserved: boolean;

  /** Whether a source has an organization of this name. */
  @Column(() => NameCheckColumns, { prefix: false })
  nameCheck: NameCheckColumns;

  /** Quota in bytes that the administrator has set; null for the configured default, -1 for unlimited. */
  @Column('bigint', { name: 'quota_bytes', nullable: true, transformer: NULLABLE_BIGINT_AS_NUMBER })
  quotaBytes: number | null;

  /** Maximum number of repositories, as `quotaBytes`. */
  @Column('integer', { name: 'quota_repositories', nullable: true })
  quotaRepositories: number | null;

  /** Words of the names, for searches by administrators. Maintained by a database trigger. */
  @Column({ name: 'words', type: 'tsvector', nullable: true, select: false, insert: false, update: false })
  searchVector: string | null;

  /** SHA-256 of the avatar; null without one. */
  @VirtualColumn({ type: 'varchar', query: (a) => `SELECT p.sha256 FROM avatars p WHERE p.account_id = ${a}.id` })
  avatarSha256: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
