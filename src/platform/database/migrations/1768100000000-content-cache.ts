import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the bookkeeping of the content cache: files of sources that are stored on this hub, completely or in part. */
export class ContentCache1768100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // a file is identified by its source and the digest that the source reports; sha256 is set once the whole file has been verified
    await runner.query(`CREATE TABLE held_contents (
      id uuid NOT NULL CONSTRAINT pk_held_contents PRIMARY KEY,
      source_key varchar(64) NOT NULL,
      etag varchar(64) NOT NULL,
      size bigint NOT NULL,
      bytes bigint NOT NULL DEFAULT 0,
      sha256 varchar(64),
      is_published boolean NOT NULL DEFAULT false,
      content_type varchar(255),
      owner uuid,
      lease_until timestamptz,
      last_read_at timestamptz NOT NULL DEFAULT now(),
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT uq_held_contents_file UNIQUE (source_key, etag, size))`);
    await runner.query('CREATE INDEX ix_held_contents_sha256 ON held_contents (sha256)');
    await runner.query('CREATE INDEX ix_held_contents_last_read ON held_contents (is_published, last_read_at)');
    await runner.query(`CREATE TABLE held_blocks (
      content_id uuid NOT NULL CONSTRAINT fk_held_blocks_content REFERENCES held_contents (id) ON DELETE CASCADE,
      index integer NOT NULL,
      digest varchar(64) NOT NULL,
      CONSTRAINT pk_held_blocks PRIMARY KEY (content_id, index))`);
    // one row: the sum of held_contents.bytes, so that the limit is exact with several replicas
    await runner.query(`CREATE TABLE content_cache_usage (
      id integer NOT NULL CONSTRAINT pk_content_cache_usage PRIMARY KEY,
      bytes bigint NOT NULL)`);
    await runner.query('INSERT INTO content_cache_usage VALUES (1, 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE content_cache_usage, held_blocks, held_contents');
  }
}
