import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE identities (
    id serial CONSTRAINT pk_identities PRIMARY KEY,
    account_id integer NOT NULL CONSTRAINT fk_identities_account REFERENCES accounts ON DELETE CASCADE,
    issuer varchar(500) NOT NULL,
    subject varchar(255) NOT NULL,
    label varchar(254) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    CONSTRAINT uq_identities_subject UNIQUE (issuer, subject))`,
  'CREATE INDEX ix_identities_account ON identities (account_id)',
  `ALTER TABLE sessions
    ADD COLUMN identity_id integer CONSTRAINT fk_sessions_identity REFERENCES identities ON DELETE CASCADE,
    ADD COLUMN provider_session varchar(255),
    ADD COLUMN id_token text,
    ADD COLUMN last_seen_at timestamptz,
    ADD COLUMN address varchar(64),
    ADD COLUMN user_agent varchar(300)`,
  'CREATE INDEX ix_sessions_identity ON sessions (identity_id) WHERE identity_id IS NOT NULL',
  'ALTER TABLE memberships ADD COLUMN granted_by varchar(500), ADD COLUMN assigned_role varchar(8)',
  `ALTER TABLE accounts
    ADD COLUMN administrator boolean NOT NULL DEFAULT false,
    ADD COLUMN administrator_by varchar(500)`,
  'CREATE INDEX ix_accounts_administrator ON accounts (id) WHERE administrator',
];

/** Adds accounts of OIDC providers, the details of sessions, memberships that come from groups, and administrators. */
export class ExternalSignIn1769300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE accounts DROP COLUMN administrator, DROP COLUMN administrator_by');
    await runner.query('ALTER TABLE memberships DROP COLUMN granted_by, DROP COLUMN assigned_role');
    await runner.query(
      `ALTER TABLE sessions DROP COLUMN identity_id, DROP COLUMN provider_session, DROP COLUMN id_token,
        DROP COLUMN last_seen_at, DROP COLUMN address, DROP COLUMN user_agent`,
    );
    await runner.query('DROP TABLE identities');
  }
}
