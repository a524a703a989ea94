import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RepoEntity } from './repo.entity.js';

/** A model whose files must be described, since its default branch has moved. A trigger adds the rows. */
@Entity('model_descriptions')
export class ModelDescriptionEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_model_descriptions' })
  @ForeignKey(() => RepoEntity, { name: 'fk_model_descriptions_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @Column('varchar', { name: 'commit_oid', length: 40 })
  commitOid: string;

  /** When the description is due; later after a failure. */
  @Index('ix_model_descriptions_due_at')
  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;
}
