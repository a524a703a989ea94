import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
  type Relation,
} from 'typeorm';
import { AccountEntity } from './account.entity.js';

export type TokenRole = 'read' | 'write';

/** An access token of an account. Only the hash of the token is stored. */
@Entity('access_tokens')
@Unique('uq_access_tokens_hash', ['hash'])
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

  @Column('varchar', { length: 8 })
  role: TokenRole;

  /** Hex SHA-256 of the token. */
  @Column('varchar', { length: 64 })
  hash: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
}
