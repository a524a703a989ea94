import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds to sources how their files are offered over Xet. */
export class SourceXet1768600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE fallback_sources ADD COLUMN xet varchar(16)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE fallback_sources DROP COLUMN xet');
  }
}
