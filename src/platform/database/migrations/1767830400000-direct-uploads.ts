import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = [
  `CREATE TABLE direct_uploads (
    id uuid CONSTRAINT pk_direct_uploads PRIMARY KEY,
    repository_id integer NOT NULL CONSTRAINT fk_direct_uploads_repository REFERENCES repositories ON DELETE CASCADE,
    oid varchar(64) NOT NULL,
    size bigint NOT NULL,
    key text NOT NULL,
    upload_id text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE INDEX ix_direct_uploads_repository_oid ON direct_uploads (repository_id, oid)`,
  `CREATE INDEX ix_direct_uploads_begun_at ON direct_uploads (begun_at)`,
];

/** Adds uploads of large files that clients send directly to the store. */
export class DirectUploads1767830400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLE) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE direct_uploads');
  }
}
