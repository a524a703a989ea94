import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { TokenRole } from '../domain/caller.js';
import { AccountEntity } from './account.entity.js';

/** The request of a program to be signed in by a user in a browser (RFC 8628). Deleted when the program gets its token. */
@Entity('device_logins')
@Unique('uq_device_logins_user_code', ['userCode'])
export class DeviceLoginEntity {
  /** Hex SHA-256 of the device code, which only the program has. */
  @PrimaryColumn('varchar', { name: 'device_hash', length: 64, primaryKeyConstraintName: 'pk_device_logins' })
  deviceHash: string;

  /** Code that the user enters, without separator. */
  @Column('varchar', { name: 'user_code', length: 8 })
  userCode: string;

  @Column('varchar', { name: 'client_id', length: 100 })
  clientId: string;

  @Column('varchar', { length: 8 })
  role: TokenRole;

  /** IP address of the program. */
  @Column('varchar', { length: 64 })
  address: string;

  @Column('varchar', { name: 'user_agent', length: 200 })
  userAgent: string;

  /** The account that has confirmed or denied the request; null until then. */
  @Index('ix_device_logins_account')
  @Column('integer', { name: 'account_id', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'fk_device_logins_account', onDelete: 'CASCADE' })
  accountId: number | null;

  /** Null until a user has decided. */
  @Column('boolean', { nullable: true })
  approved: boolean | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Index('ix_device_logins_expires_at')
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  /** When the program last requested its token. */
  @Column('timestamptz', { name: 'polled_at', nullable: true })
  polledAt: Date | null;

  /** Seconds that the program has to wait between two such requests. */
  @Column('integer', { name: 'poll_seconds' })
  pollSeconds: number;
}
