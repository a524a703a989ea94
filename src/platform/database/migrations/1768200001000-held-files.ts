import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the names under which cached files are read, pins, and the figures of the last hour. */
export class HeldFiles1768200001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // key: digest of repository, commit and path, since paths are too long for an index
    await runner.query(`CREATE TABLE held_files (
      content_id uuid NOT NULL CONSTRAINT fk_held_files_content REFERENCES held_contents (id) ON DELETE CASCADE,
      key varchar(64) NOT NULL,
      repo_type varchar(16) NOT NULL,
      repo varchar(200) NOT NULL,
      commit varchar(40) NOT NULL,
      revision varchar(300) NOT NULL,
      path text NOT NULL,
      CONSTRAINT pk_held_files PRIMARY KEY (content_id, key))`);
    await runner.query('CREATE INDEX ix_held_files_repo ON held_files (repo, repo_type)');
    await runner.query(`CREATE TABLE content_cache_pins (
      id varchar(64) NOT NULL CONSTRAINT pk_content_cache_pins PRIMARY KEY,
      repos varchar(210) NOT NULL,
      revision varchar(300),
      files varchar(200),
      created_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query(`CREATE TABLE content_cache_minutes (
      minute timestamptz NOT NULL CONSTRAINT pk_content_cache_minutes PRIMARY KEY,
      hits bigint NOT NULL,
      fills bigint NOT NULL,
      misses bigint NOT NULL,
      served_bytes bigint NOT NULL,
      source_bytes bigint NOT NULL)`);
    await runner.query('ALTER TABLE held_contents ADD COLUMN is_pinned boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE held_contents DROP COLUMN is_pinned');
    await runner.query('DROP TABLE content_cache_minutes, content_cache_pins, held_files');
  }
}
