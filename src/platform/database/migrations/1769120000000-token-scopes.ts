import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds permissions of fine-grained access tokens, and the address of the last use. */
export class TokenScopes1769120000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_tokens ALTER COLUMN role TYPE varchar(16)');
    await runner.query(`ALTER TABLE access_tokens
      ADD COLUMN global_permissions text[] NOT NULL DEFAULT '{}',
      ADD COLUMN can_read_gated boolean NOT NULL DEFAULT false,
      ADD COLUMN last_used_address varchar(64)`);
    await runner.query(`CREATE TABLE token_scopes (
      id serial CONSTRAINT pk_token_scopes PRIMARY KEY,
      token_id integer NOT NULL CONSTRAINT fk_token_scopes_token REFERENCES access_tokens (id) ON DELETE CASCADE,
      account_id integer CONSTRAINT fk_token_scopes_account REFERENCES accounts (id) ON DELETE CASCADE,
      repository_id integer CONSTRAINT fk_token_scopes_repository REFERENCES repositories (id) ON DELETE CASCADE,
      permissions text[] NOT NULL,
      CONSTRAINT uq_token_scopes_account UNIQUE (token_id, account_id),
      CONSTRAINT uq_token_scopes_repository UNIQUE (token_id, repository_id),
      CONSTRAINT ck_token_scopes_entity CHECK ((account_id IS NULL) <> (repository_id IS NULL)))`);
    await runner.query('CREATE INDEX ix_token_scopes_account ON token_scopes (account_id)');
    await runner.query('CREATE INDEX ix_token_scopes_repository ON token_scopes (repository_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE token_scopes');
    await runner.query(`DELETE FROM access_tokens WHERE role = 'fineGrained'`);
    await runner.query(
      'ALTER TABLE access_tokens DROP COLUMN last_used_address, DROP COLUMN can_read_gated, DROP COLUMN global_permissions',
    );
    await runner.query('ALTER TABLE access_tokens ALTER COLUMN role TYPE varchar(8)');
  }
}
