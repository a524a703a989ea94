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
import type { RepoType } from '../../hub/language/repo-id.js';
import { AccountEntity } from '../../users/account.entity.js';

/** A repository that this hub has. */
@Entity('repositories')
@Unique('uq_repositories_lookup_key', ['lookupKey'])
export class RepositoryEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_repositories' })
  id: number;

  @Column('varchar', { length: 16 })
  type: RepoType;

  /** As it was written; empty for a one-segment id. */
  @Column('varchar', { length: 96 })
  namespace: string;

  @Column('varchar', { length: 96 })
  name: string;

  /** Type and full name in lower case. */
  @Column('varchar', { name: 'lookup_key', length: 220 })
  lookupKey: string;

  @Index('ix_repositories_owner')
  @Column('integer', { name: 'owner_id' })
  ownerId: number;

  @ManyToOne(() => AccountEntity, { nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'fk_repositories_owner' })
  owner: Relation<AccountEntity>;

  @Column('boolean')
  private: boolean;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  /** When its content last changed. */
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
