import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from './account.entity.js';

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
}
