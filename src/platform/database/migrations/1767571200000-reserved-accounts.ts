import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The reserved accounts are read every few seconds, and are few among many. */
export class ReservedAccounts1767571200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX ix_accounts_reserved ON accounts (lookup_name) WHERE reserved`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_accounts_reserved`);
  }
}
