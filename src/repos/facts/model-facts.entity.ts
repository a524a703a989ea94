import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The result of reading the headers of model files. */
@Entity('model_facts')
export class ModelFactsEntity {
  /** The kind of files, and the SHA-256 of their contents and paths. */
  @PrimaryColumn('varchar', { length: 80, primaryKeyConstraintName: 'pk_model_facts' })
  key: string;

  /** The facts, or the reason why the files have none. */
  @Column('jsonb')
  result: object;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
