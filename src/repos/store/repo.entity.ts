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
import type { RepoType } from '../../domain/repo-id.js';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { AccountEntity } from '../../users/account.entity.js';

/** A repository that this hub has. */
@Entity('repositories')
@Unique('uq_repositories_lookup_key', ['lookupKey'])
@Index('ix_repositories_by_change', { synchronize: false })
@Index('ix_repositories_by_creation', { synchronize: false })
@Index('ix_repositories_by_downloads', { synchronize: false })
@Index('ix_repositories_by_key', { synchronize: false })
@Index('ix_repositories_tags', { synchronize: false })
@Index('ix_repositories_words', { synchronize: false })
export class RepoEntity {
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

  /** Since when the administrator has it closed; null for one that is open. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  /** A space's runtime (`gradio`, `docker`, …), as it was created. */
  @Column('varchar', { length: 32, nullable: true })
  sdk: string | null;

  /** The front matter of the card on the default branch; null where there is none, or it cannot be read. */
  @Column('jsonb', { name: 'card_data', nullable: true })
  cardData: Record<string, unknown> | null;

  /** Why the card's front matter could not be read. */
  @Column('text', { name: 'card_warning', nullable: true })
  cardWarning: string | null;

  /** What lists are filtered by: the card's own tags, and those that follow from it (`license:mit`). */
  @Column('text', { array: true, default: [] })
  tags: string[];

  @Column('varchar', { name: 'pipeline_tag', length: 100, nullable: true })
  pipelineTag: string | null;

  @Column('varchar', { name: 'library_name', length: 100, nullable: true })
  libraryName: string | null;

  @Column('varchar', { length: 100, nullable: true })
  license: string | null;

  /** In the last 30 days. */
  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  downloads: number;

  @Column('bigint', { name: 'downloads_all_time', default: 0, transformer: BIGINT_AS_NUMBER })
  downloadsAllTime: number;

  /** When its content last changed. */
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;

  /** What searches find; a trigger of the database writes it. */
  @Column({ type: 'tsvector', nullable: true, select: false, insert: false, update: false })
  words: string | null;
}
