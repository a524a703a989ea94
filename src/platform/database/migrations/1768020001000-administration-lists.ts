import type { MigrationInterface, QueryRunner } from 'typeorm';

const IS_SHOWN = `name_state IN ('shadows', 'unverified')`;

const STATEMENTS = [
  // the lists of a user's or organization's page are sorted like this by default
  `CREATE INDEX ix_repositories_by_owner ON repositories (owner_id, type, updated_at DESC, lookup_key)`,
  `DROP INDEX ix_repositories_owner`,
  `CREATE INDEX ix_repositories_disabled ON repositories (type, lookup_key) WHERE disabled_at IS NOT NULL`,
  `CREATE INDEX ix_repositories_name_state ON repositories (type, name_state, lookup_key) WHERE ${IS_SHOWN}`,
  `CREATE INDEX ix_accounts_by_kind ON accounts (kind, lookup_name)`,
  `CREATE INDEX ix_accounts_name_state ON accounts (name_state, lookup_name) WHERE ${IS_SHOWN}`,
  // like those of repositories, so that any part of a name is found
  `ALTER TABLE accounts ADD COLUMN words tsvector`,
  `CREATE FUNCTION note_account_words() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      NEW.words := repository_words(NEW.name, NEW.full_name, '{}', NULL);
      RETURN NEW;
    END $body$`,
  `UPDATE accounts SET words = repository_words(name, full_name, '{}', NULL)`,
  `CREATE TRIGGER tr_accounts_words BEFORE INSERT OR UPDATE OF name, full_name ON accounts
    FOR EACH ROW EXECUTE FUNCTION note_account_words()`,
  `CREATE INDEX ix_accounts_words ON accounts USING gin (words) WITH (fastupdate = off)`,
];

const UNDO = [
  `DROP TRIGGER tr_accounts_words ON accounts`,
  `DROP FUNCTION note_account_words`,
  `ALTER TABLE accounts DROP COLUMN words`,
  `DROP INDEX ix_accounts_name_state`,
  `DROP INDEX ix_accounts_by_kind`,
  `DROP INDEX ix_repositories_name_state`,
  `DROP INDEX ix_repositories_disabled`,
  `CREATE INDEX ix_repositories_owner ON repositories (owner_id)`,
  `DROP INDEX ix_repositories_by_owner`,
];

/** Adds indexes for the lists of administrators, so that their filters and searches do not read all rows. */
export class AdministrationLists1768020001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of UNDO) await runner.query(statement);
  }
}
