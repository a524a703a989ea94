import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds a bandwidth limit to sources. */
export class SourceBandwidth1768300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE fallback_sources ADD COLUMN max_bytes_per_second integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE fallback_sources DROP COLUMN max_bytes_per_second');
  }
}
