import { Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity.js';

/** An account's avatar, re-encoded by the hub. */
@Entity('avatars')
export class AvatarEntity {
  @PrimaryColumn('integer', { name: 'account_id', primaryKeyConstraintName: 'pk_avatars' })
  @ForeignKey(() => AccountEntity, { name: 'fk_avatars_account', onDelete: 'CASCADE' })
  accountId: number;

  @Column('bytea')
  content: Buffer;

  @Column('varchar', { name: 'media_type', length: 32 })
  mediaType: string;

  /** Hex SHA-256 of the content, used as its ETag. */
  @Column('varchar', { length: 64 })
  sha256: string;

  @CreateDateColumn({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
