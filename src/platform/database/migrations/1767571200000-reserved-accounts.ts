import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds an index of reserved accounts, which are few and read every few seconds. */
export class ReservedAccounts1767571200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX ix_accounts_reserved ON accounts (lookup_name) WHERE reserved`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_accounts_reserved`);
  }
}
