import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from './account.entity.js';

/** FoundAccount signed in with a browser. The cookie's value is kept nowhere. */
@Entity('sessions')
@Unique('uq_sessions_hash', ['hash'])
export class SessionEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_sessions' })
  id: number;

  @Index('ix_sessions_account')
  @Column('integer', { name: 'account_id' })
  @ForeignKey(() => AccountEntity, { name: 'fk_sessions_account', onDelete: 'CASCADE' })
  accountId: number;

  /** SHA-256 of the cookie's value, in hex. */
  @Column('varchar', { length: 64 })
  hash: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
