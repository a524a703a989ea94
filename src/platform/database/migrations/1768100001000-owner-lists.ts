import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the index for the repositories of one account by name, so that a page of an account with many does not read them all. */
export class OwnerLists1768100001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX ix_repositories_by_owner_key ON repositories (owner_id, type, lookup_key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_repositories_by_owner_key');
  }
}
