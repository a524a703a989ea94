import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the rules for the delivery of files to sources. */
export class DeliveryRules1768200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE fallback_sources ADD COLUMN rules jsonb NOT NULL DEFAULT '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE fallback_sources DROP COLUMN rules');
  }
}
