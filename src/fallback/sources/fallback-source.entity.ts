import type { Type } from '@nestjs/common';
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  type ColumnOptions,
} from 'typeorm';
import type { FieldKind } from '../../domain/field-schema.js';
import { schemaOf } from '../../domain/source-schema.js';
import { PUBLIC_FIELDS, type SourceProperties } from '../../domain/source.js';

const COLUMN_TYPES: Readonly<Record<Exclude<FieldKind, 'secret' | 'headers'>, ColumnOptions>> = {
  text: { type: 'varchar' },
  url: { type: 'varchar' },
  type: { type: 'varchar', length: 32 },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  choice: { type: 'varchar', length: 16 },
  patterns: { type: 'text', array: true },
  rules: { type: 'jsonb' },
};

/** The columns of the source schema. Credentials are not among them, since they are stored encrypted. */
const SchemaColumns = class {} as Type<SourceProperties>;
for (const field of PUBLIC_FIELDS) {
  const { property, kind, maxLength, nullable, default: value } = schemaOf(field);
  const options = { ...COLUMN_TYPES[kind as keyof typeof COLUMN_TYPES], name: field };
  if (maxLength !== undefined) options.length = maxLength;
  if (nullable) options.nullable = true;
  else if (value !== undefined) options.default = kind === 'patterns' ? '{}' : value;
  Column(options)(SchemaColumns.prototype as object, property);
}

/** A source stored by the administrator. */
@Entity('fallback_sources')
@Index('uq_fallback_sources_namespace_name', ['namespace', 'name'], { unique: true })
export class FallbackSource extends SchemaColumns {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_fallback_sources' })
  id: number;

  /** Encrypted by `TokenCipher`. */
  @Column('text', { name: 'token_cipher', nullable: true })
  tokenCipher: string | null;

  @Column('text', { name: 'basic_auth_cipher', nullable: true })
  basicAuthCipher: string | null;

  @Column('text', { name: 'headers_cipher', nullable: true })
  headersCipher: string | null;

  @Column('text', { name: 'client_certificate_cipher', nullable: true })
  clientCertificateCipher: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}

/** The columns that are written by the hub; the database sets the others. */
export type SourceColumns = Omit<FallbackSource, 'id' | 'createdAt' | 'updatedAt'>;
