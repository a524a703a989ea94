import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['accounts', 'repositories'];

/** Adds what is known about the names of accounts and repositories at the sources. */
export class NameChecks1768006800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`ALTER TABLE ${table}
        ADD COLUMN name_state varchar(16),
        ADD COLUMN shadowed_source varchar(100),
        ADD COLUMN name_check_at timestamptz`);
      await runner.query(
        `CREATE INDEX ix_${table}_name_check ON ${table} (name_check_at) WHERE name_check_at IS NOT NULL`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(`ALTER TABLE ${table}
        DROP COLUMN name_state, DROP COLUMN shadowed_source, DROP COLUMN name_check_at`);
  }
}
