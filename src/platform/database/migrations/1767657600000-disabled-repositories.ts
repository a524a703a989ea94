import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Allows the administrator to disable repositories. */
export class DisabledRepositories1767657600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE repositories ADD COLUMN disabled_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE repositories DROP COLUMN disabled_at`);
  }
}
