import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds gates of repositories, and the requests of accounts for access to gated ones. */
export class AccessRequests1768900300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE repositories ADD COLUMN gated varchar(8)');
    await runner.query(
      'CREATE INDEX ix_repositories_gated ON repositories (type, updated_at DESC) WHERE gated IS NOT NULL',
    );
    await runner.query(`CREATE TABLE access_requests (
      id serial CONSTRAINT pk_access_requests PRIMARY KEY,
      repository_id integer NOT NULL CONSTRAINT fk_access_requests_repository REFERENCES repositories (id) ON DELETE CASCADE,
      account_id integer NOT NULL CONSTRAINT fk_access_requests_account REFERENCES accounts (id) ON DELETE CASCADE,
      status varchar(8) NOT NULL,
      fields jsonb,
      reason varchar(200),
      shares_email boolean NOT NULL,
      requested_at timestamptz NOT NULL,
      reviewed_at timestamptz,
      granted_by integer CONSTRAINT fk_access_requests_granted_by REFERENCES accounts (id) ON DELETE SET NULL,
      CONSTRAINT uq_access_requests UNIQUE (repository_id, account_id))`);
    await runner.query('CREATE INDEX ix_access_requests_status ON access_requests (repository_id, status, id)');
    await runner.query('CREATE INDEX ix_access_requests_account ON access_requests (account_id)');
    await runner.query('CREATE INDEX ix_access_requests_granted_by ON access_requests (granted_by)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_requests');
    await runner.query('ALTER TABLE repositories DROP COLUMN gated');
  }
}
