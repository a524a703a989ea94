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
import { NameCheckColumns } from '../../fallback/guard/name-check.entity.js';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import type { FileMetadata } from '../facts/model-facts.js';
import { AccountEntity } from '../../users/account.entity.js';

/** A repository of this hub. */
@Entity('repositories')
@Unique('uq_repositories_lookup_key', ['lookupKey'])
@Index('ix_repositories_by_change', { synchronize: false })
@Index('ix_repositories_by_creation', { synchronize: false })
@Index('ix_repositories_by_downloads', { synchronize: false })
@Index('ix_repositories_by_likes', { synchronize: false })
@Index('ix_repositories_by_key', { synchronize: false })
@Index('ix_repositories_by_owner', { synchronize: false })
@Index('ix_repositories_by_owner_key', { synchronize: false })
@Index('ix_repositories_tags', { synchronize: false })
@Index('ix_repositories_gated', { synchronize: false })
@Index('ix_repositories_words', { synchronize: false })
@Index('ix_repositories_disabled', { synchronize: false })
@Index('ix_repositories_name_state', { synchronize: false })
@Index('ix_repositories_name_check', ['nameCheck.nextAt'], { where: 'name_check_at IS NOT NULL' })
export class RepoEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_repositories' })
  id: number;

  @Column('varchar', { length: 16 })
  type: RepoType;

  /** Namespace in its original case; empty for ids without a namespace. */
  @Column('varchar', { length: 96 })
  namespace: string;

  @Column('varchar', { length: 96 })
  name: string;

  /** Unique lookup key: type and full name in lower case. */
  @Column('varchar', { name: 'lookup_key', length: 220 })
  lookupKey: string;

  @Column('integer', { name: 'owner_id' })
  ownerId: number;

  @ManyToOne(() => AccountEntity, { nullable: false })
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'fk_repositories_owner' })
  owner: Relation<AccountEntity>;

  @Column('boolean')
  private: boolean;

  /** How requests for access to its content are accepted; null if it is not gated. */
  @Column('varchar', { length: 8, nullable: true })
  gated: 'auto' | 'manual' | null;

  /** When an administrator disabled the repository; null if it is enabled. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  /** Whether a source has a repository with this id. */
  @Column(() => NameCheckColumns, { prefix: false })
  nameCheck: NameCheckColumns;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  /** SDK of a space at its creation (`gradio`, `docker`, …). */
  @Column('varchar', { length: 32, nullable: true })
  sdk: string | null;

  /** Front matter of the card on the default branch; null if there is no card or it cannot be parsed. */
  @Column('jsonb', { name: 'card_data', nullable: true })
  cardData: Record<string, unknown> | null;

  /** Names of the fields in the form of a gated repository, in the order of the card, which `cardData` does not keep; null without a form. */
  @Column('text', { name: 'gate_fields', array: true, nullable: true })
  gateFields: string[] | null;

  /** The reason why the card's front matter could not be parsed; null if there was no problem. */
  @Column('text', { name: 'card_warning', nullable: true })
  cardWarning: string | null;

  /** Tags for list filters: the card's own tags and those derived from other fields (`license:mit`). */
  @Column('text', { array: true, default: [] })
  tags: string[];

  @Column('varchar', { name: 'pipeline_tag', length: 100, nullable: true })
  pipelineTag: string | null;

  @Column('varchar', { name: 'library_name', length: 100, nullable: true })
  libraryName: string | null;

  /** Metadata that the files of a model show. The tags, the library and the pipeline tag above include it. */
  @Column('jsonb', { name: 'file_metadata', nullable: true })
  fileMetadata: FileMetadata | null;

  @Column('varchar', { length: 100, nullable: true })
  license: string | null;

  /** Downloads in the last 30 days. */
  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  downloads: number;

  @Column('bigint', { name: 'downloads_all_time', default: 0, transformer: BIGINT_AS_NUMBER })
  downloadsAllTime: number;

  /** Kept by a trigger on `likes`. */
  @Column({ type: 'integer', default: 0, insert: false, update: false })
  likes: number;

  /** When the content last changed. */
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;

  /** Full-text search index, maintained by a database trigger. */
  @Column({ name: 'words', type: 'tsvector', nullable: true, select: false, insert: false, update: false })
  searchVector: string | null;
}
