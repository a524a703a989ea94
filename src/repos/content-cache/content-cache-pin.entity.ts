import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** Cached files that are never removed to free space. */
@Entity('content_cache_pins')
export class ContentCachePinEntity {
  /** Chosen by the administrator. */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'pk_content_cache_pins' })
  id: string;

  /** A pattern of repositories. */
  @Column('varchar', { length: 210 })
  repos: string;

  @Column('varchar', { length: 300, nullable: true })
  revision: string | null;

  /** A pattern of files; null for all. */
  @Column('varchar', { length: 200, nullable: true })
  files: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
