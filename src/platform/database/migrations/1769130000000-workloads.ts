import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds service accounts of organizations, trusted publishers of repositories, and the ID tokens that publishers have exchanged. */
export class Workloads1769130000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE accounts ADD COLUMN service_of integer CONSTRAINT fk_accounts_service_of REFERENCES accounts (id) ON DELETE CASCADE',
    );
    await runner.query('CREATE INDEX ix_accounts_service_of ON accounts (service_of) WHERE service_of IS NOT NULL');
    await runner.query(`CREATE TABLE trusted_publishers (
      id serial CONSTRAINT pk_trusted_publishers PRIMARY KEY,
      repository_id integer NOT NULL CONSTRAINT fk_trusted_publishers_repository REFERENCES repositories (id) ON DELETE CASCADE,
      name varchar(100) NOT NULL,
      issuer varchar(500) NOT NULL,
      claims jsonb NOT NULL,
      read_only boolean NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz)`);
    await runner.query('CREATE INDEX ix_trusted_publishers_repository ON trusted_publishers (repository_id)');
    await runner.query(`ALTER TABLE access_tokens
      ADD COLUMN publisher_id integer CONSTRAINT fk_access_tokens_publisher REFERENCES trusted_publishers (id) ON DELETE CASCADE,
      ADD COLUMN publisher_subject varchar(500)`);
    await runner.query(
      'CREATE INDEX ix_access_tokens_publisher ON access_tokens (publisher_id) WHERE publisher_id IS NOT NULL',
    );
    await runner.query(`CREATE TABLE exchanged_id_tokens (
      hash varchar(64) CONSTRAINT pk_exchanged_id_tokens PRIMARY KEY,
      expires_at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX ix_exchanged_id_tokens_expires_at ON exchanged_id_tokens (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE exchanged_id_tokens');
    await runner.query('DELETE FROM access_tokens WHERE publisher_id IS NOT NULL');
    await runner.query('ALTER TABLE access_tokens DROP COLUMN publisher_subject, DROP COLUMN publisher_id');
    await runner.query('DROP TABLE trusted_publishers');
    await runner.query('DELETE FROM accounts WHERE service_of IS NOT NULL');
    await runner.query('ALTER TABLE accounts DROP COLUMN service_of');
  }
}
