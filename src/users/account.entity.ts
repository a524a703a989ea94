import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, Unique, VirtualColumn } from 'typeorm';
import type { AccountKind } from '../domain/account.js';

/** A user or an organization. They share one name space: both are what stands before the slash of a repository's id. */
@Entity('accounts')
@Unique('uq_accounts_lookup_name', ['lookupName'])
@Index('ix_accounts_reserved', ['lookupName'], { where: 'reserved' })
export class AccountEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_accounts' })
  id: number;

  @Column('varchar', { length: 16 })
  kind: AccountKind;

  /** As it was chosen. */
  @Column('varchar', { length: 96 })
  name: string;

  /** As it is found: in lower case. */
  @Column('varchar', { name: 'lookup_name', length: 96 })
  lookupName: string;

  @Column('varchar', { name: 'full_name', length: 200 })
  fullName: string;

  /** Shown to its owner alone. */
  @Column('varchar', { length: 254, nullable: true })
  email: string | null;

  /** Argon2id, with its own salt and costs; null: nobody can sign in with a password. Organizations have none. */
  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash: string | null;

  /** Since when nobody may use it; null: in use. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  @Column('text', { default: '' })
  bio: string;

  /** An http(s) URL, or empty. */
  @Column('varchar', { length: 500, default: '' })
  website: string;

  /** Name or URL by network: `{ "github": "alice" }`. */
  @Column('jsonb', { name: 'social_media', default: {} })
  socialMedia: Record<string, string>;

  /** Nothing under this name is ever asked of a source. */
  @Column('boolean', { default: false })
  reserved: boolean;

  /** Of the bytes of its picture; null: it has none. */
  @VirtualColumn({ type: 'varchar', query: (a) => `SELECT p.sha256 FROM avatars p WHERE p.account_id = ${a}.id` })
  avatarSha256: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
