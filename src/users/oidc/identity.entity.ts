import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from '../account.entity.js';

/** An account of an OIDC provider, with which a user signs in. */
@Entity('identities')
@Unique('uq_identities_subject', ['issuer', 'subject'])
export class IdentityEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_identities' })
  id: number;

  @Index('ix_identities_account')
  @Column('integer', { name: 'account_id' })
  @ForeignKey(() => AccountEntity, { name: 'fk_identities_account', onDelete: 'CASCADE' })
  accountId: number;

  @Column('varchar', { length: 500 })
  issuer: string;

  /** Claim `sub`, which never changes, unlike names and e-mail addresses. */
  @Column('varchar', { length: 255 })
  subject: string;

  /** The e-mail address or name at the provider, as it was at the last sign-in. */
  @Column('varchar', { length: 254 })
  label: string;

  /** Whether the account was created with an invitation, so that it may have an e-mail address in any domain. */
  @Column('boolean', { default: false })
  invited: boolean;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
}
