import type { MigrationInterface, QueryRunner } from 'typeorm';

/** All repositories are scanned once, because some may already have unreachable commits that were not recorded. */
const STATEMENTS = [
  `ALTER TABLE commits ADD COLUMN lost_at timestamptz`,
  `CREATE INDEX ix_commits_lost ON commits (repository_id) WHERE lost_at IS NOT NULL`,
  `CREATE TABLE history_cuts (
    repository_id integer NOT NULL CONSTRAINT fk_history_cuts_repository REFERENCES repositories ON DELETE CASCADE,
    changes integer NOT NULL DEFAULT 1,
    unswept boolean NOT NULL DEFAULT false,
    CONSTRAINT pk_history_cuts PRIMARY KEY (repository_id))`,
  `INSERT INTO history_cuts (repository_id) SELECT id FROM repositories`,
];

const UNDO = [`DROP TABLE history_cuts`, `ALTER TABLE commits DROP COLUMN lost_at`];

/** Adds records of unreachable commits. */
export class LostHistory1767744000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of UNDO) await runner.query(statement);
  }
}
