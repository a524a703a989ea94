import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps the order of the forms of gated repositories, and of the answers to them. */
export class GateFields1769600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE repositories ADD COLUMN gate_fields text[]');
    await runner.query('ALTER TABLE access_requests ALTER COLUMN fields TYPE json USING fields::json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_requests ALTER COLUMN fields TYPE jsonb USING fields::jsonb');
    await runner.query('ALTER TABLE repositories DROP COLUMN gate_fields');
  }
}
