import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A CI job that may get tokens for a repository, described by the claims of its ID tokens. */
@Entity('trusted_publishers')
export class TrustedPublisherEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_trusted_publishers' })
  id: number;

  /** The entity is in a layer above this one. */
  @Column('integer', { name: 'repository_id' })
  @ForeignKey('RepoEntity', { name: 'fk_trusted_publishers_repository', onDelete: 'CASCADE' })
  @Index('ix_trusted_publishers_repository')
  repositoryId: number;

  /** Label chosen by the owner. */
  @Column('varchar', { length: 100 })
  name: string;

  /** URL of the issuer, without trailing slash. */
  @Column('varchar', { length: 500 })
  issuer: string;

  /** Claims that ID tokens must have, with these exact values. */
  @Column('jsonb')
  claims: Record<string, string>;

  /** Whether the tokens may only read. */
  @Column('boolean', { name: 'read_only' })
  readOnly: boolean;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
}

/** An ID token that was exchanged, so that it is not accepted again. */
@Entity('exchanged_id_tokens')
export class ExchangedIdTokenEntity {
  /** Hex SHA-256 of the issuer and the ID of the token. */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_exchanged_id_tokens' })
  hash: string;

  @Column('timestamptz', { name: 'expires_at' })
  @Index('ix_exchanged_id_tokens_expires_at')
  expiresAt: Date;
}
