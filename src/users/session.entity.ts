import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from './account.entity.js';
import { IdentityEntity } from './oidc/identity.entity.js';

/** A browser session. Only the hash of the cookie's value is stored. */
@Entity('sessions')
@Unique('uq_sessions_hash', ['hash'])
export class SessionEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_sessions' })
  id: number;

  @Index('ix_sessions_account')
  @Column('integer', { name: 'account_id' })
  @ForeignKey(() => AccountEntity, { name: 'fk_sessions_account', onDelete: 'CASCADE' })
  accountId: number;

  /** Hex SHA-256 of the cookie's value. */
  @Column('varchar', { length: 64 })
  hash: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  /** The identity that signed in; null for passwords. */
  @Index('ix_sessions_identity', { where: 'identity_id IS NOT NULL' })
  @Column('integer', { name: 'identity_id', nullable: true })
  @ForeignKey(() => IdentityEntity, { name: 'fk_sessions_identity', onDelete: 'CASCADE' })
  identityId: number | null;

  /** The claim `sid` of the provider. */
  @Column('varchar', { name: 'provider_session', length: 255, nullable: true })
  providerSession: string | null;

  /** The ID token, encrypted. Providers need it to sign the user out. */
  @Column('text', { name: 'id_token', nullable: true, select: false })
  idToken: string | null;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt: Date | null;

  /** Where the session was used last. */
  @Column('varchar', { length: 64, nullable: true })
  address: string | null;

  @Column('varchar', { name: 'user_agent', length: 300, nullable: true })
  userAgent: string | null;
}
