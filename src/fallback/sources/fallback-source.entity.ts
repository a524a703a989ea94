import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';
import type { Delivery, OnError } from '../../domain/source.js';

/** A source that the administrator keeps in the table. */
@Entity('fallback_sources')
@Index('uq_fallback_sources_namespace_name', ['namespace', 'name'], { unique: true })
export class FallbackSource {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_fallback_sources' })
  id: number;

  @Column('varchar', { length: 96, default: '' })
  namespace: string;

  @Column('varchar', { length: 100 })
  name: string;

  @Column('varchar', { length: 2000 })
  url: string;

  @Column('varchar', { name: 'source_type', length: 32 })
  sourceType: string;

  /** As `TokenCipher` sealed it. */
  @Column('text', { name: 'token_cipher', nullable: true })
  tokenCipher: string | null;

  @Column('integer', { default: 100 })
  priority: number;

  @Column('boolean', { default: true })
  enabled: boolean;

  @Column('boolean', { name: 'require_auth', default: false })
  requireAuth: boolean;

  @Column('varchar', { length: 16, default: 'redirect' })
  delivery: Delivery;

  @Column('varchar', { name: 'on_error', length: 16, default: 'next' })
  onError: OnError;

  @Column('text', { array: true, default: '{}' })
  include: string[];

  @Column('text', { array: true, default: '{}' })
  exclude: string[];

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}

/** What is written of a source; the database adds the rest. */
export type SourceColumns = Omit<FallbackSource, 'id' | 'createdAt' | 'updatedAt'>;
