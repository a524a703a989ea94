import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the kept replies of sources, and the fields of sources that control them. */
export class KeptAnswers1768400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // times are Unix time in milliseconds; body is null for an entry that only records times or the commit of a revision
    await runner.query(`CREATE TABLE kept_answers (
      key varchar(64) NOT NULL CONSTRAINT pk_kept_answers PRIMARY KEY,
      source_key varchar(64) NOT NULL,
      repository varchar(300),
      commit varchar(64),
      body bytea,
      bytes integer NOT NULL,
      checked_at bigint NOT NULL,
      failed_at bigint,
      lease_until bigint,
      read_at bigint NOT NULL)`);
    await runner.query('CREATE INDEX ix_kept_answers_repository ON kept_answers (repository, source_key)');
    await runner.query('CREATE INDEX ix_kept_answers_read ON kept_answers (read_at)');
    await runner.query('ALTER TABLE fallback_sources ADD fresh_seconds integer');
    await runner.query('ALTER TABLE fallback_sources ADD offline boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE fallback_sources DROP COLUMN offline, DROP COLUMN fresh_seconds');
    await runner.query('DROP TABLE kept_answers');
  }
}
