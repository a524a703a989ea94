import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** The text of the card on the default branch, for the full-text search (ADR 77). */
@Entity('card_texts')
@Index('ix_card_texts_words', { synchronize: false })
export class CardTextEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_card_texts' })
  @ForeignKey(() => RepoEntity, { name: 'fk_card_texts_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** Empty without a card. */
  @Column('text')
  content: string;

  /** Its words, with English word forms reduced to their stems. */
  @Column('tsvector', { name: 'words', select: false })
  searchVector: string;
}
