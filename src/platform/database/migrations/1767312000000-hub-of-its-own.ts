import type { MigrationInterface, QueryRunner } from 'typeorm';

const ACCOUNTS = [
  `ALTER TABLE accounts
    ADD COLUMN email varchar(254),
    ADD COLUMN password_hash text,
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN bio text NOT NULL DEFAULT '',
    ADD COLUMN website varchar(500) NOT NULL DEFAULT '',
    ADD COLUMN social_media jsonb NOT NULL DEFAULT '{}'`,
  `CREATE TABLE sessions (
    id serial CONSTRAINT pk_sessions PRIMARY KEY,
    account_id integer NOT NULL CONSTRAINT fk_sessions_account REFERENCES accounts ON DELETE CASCADE,
    hash varchar(64) NOT NULL CONSTRAINT uq_sessions_hash UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL)`,
  `CREATE INDEX ix_sessions_account ON sessions (account_id)`,
  `CREATE TABLE avatars (
    account_id integer NOT NULL CONSTRAINT fk_avatars_account REFERENCES accounts ON DELETE CASCADE,
    content bytea NOT NULL,
    media_type varchar(32) NOT NULL,
    sha256 varchar(64) NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_avatars PRIMARY KEY (account_id))`,
];

const REPOSITORIES = [
  `ALTER TABLE repositories
    ADD COLUMN sdk varchar(32),
    ADD COLUMN card_data jsonb,
    ADD COLUMN card_warning text,
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN pipeline_tag varchar(100),
    ADD COLUMN library_name varchar(100),
    ADD COLUMN license varchar(100),
    ADD COLUMN downloads bigint NOT NULL DEFAULT 0,
    ADD COLUMN downloads_all_time bigint NOT NULL DEFAULT 0`,
  `CREATE TABLE repository_aliases (
    lookup_key varchar(220) CONSTRAINT pk_repository_aliases PRIMARY KEY,
    repository_id integer NOT NULL CONSTRAINT fk_repository_aliases_repository REFERENCES repositories ON DELETE CASCADE)`,
  `CREATE INDEX ix_repository_aliases_repository ON repository_aliases (repository_id)`,
  `CREATE TABLE download_days (
    repository_id integer NOT NULL CONSTRAINT fk_download_days_repository REFERENCES repositories ON DELETE CASCADE,
    day date NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT pk_download_days PRIMARY KEY (repository_id, day))`,
];

/** The first child of a commit continues its line; other children start new lines. */
const LINES = [
  `ALTER TABLE commits ADD COLUMN line varchar(40)`,
  `WITH RECURSIVE children AS (
      SELECT repository_id, oid, parent_oid,
        row_number() OVER (PARTITION BY repository_id, parent_oid ORDER BY generation, oid) AS place
      FROM commits),
    placed AS (
      SELECT repository_id, oid, oid AS line FROM children WHERE parent_oid IS NULL
      UNION ALL
      SELECT child.repository_id, child.oid, CASE WHEN child.place = 1 THEN parent.line ELSE child.oid END
      FROM placed parent JOIN children child ON child.repository_id = parent.repository_id AND child.parent_oid = parent.oid)
    UPDATE commits SET line = placed.line FROM placed
    WHERE commits.repository_id = placed.repository_id AND commits.oid = placed.oid`,
  `ALTER TABLE commits ALTER COLUMN line SET NOT NULL,
    ADD CONSTRAINT uq_commits_line UNIQUE (repository_id, line, generation)`,
];

const CONTENT = [
  `CREATE TABLE contents (
    sha256 varchar(64) CONSTRAINT pk_contents PRIMARY KEY,
    touched_at timestamptz NOT NULL)`,
  `CREATE INDEX ix_contents_touched_at ON contents (touched_at)`,
  `INSERT INTO contents (sha256, touched_at)
    SELECT sha256, now() FROM blobs UNION SELECT sha256, now() FROM lfs_objects`,
  `CREATE INDEX ix_blobs_sha256 ON blobs (sha256)`,
  `CREATE INDEX ix_lfs_objects_sha256 ON lfs_objects (sha256)`,
];

const UNDO = [
  `DROP INDEX ix_lfs_objects_sha256`,
  `DROP INDEX ix_blobs_sha256`,
  `DROP TABLE contents`,
  `ALTER TABLE commits DROP COLUMN line`,
  `DROP TABLE download_days`,
  `DROP TABLE repository_aliases`,
  `ALTER TABLE repositories DROP COLUMN sdk, DROP COLUMN card_data, DROP COLUMN card_warning, DROP COLUMN tags,
    DROP COLUMN pipeline_tag, DROP COLUMN library_name, DROP COLUMN license, DROP COLUMN downloads,
    DROP COLUMN downloads_all_time`,
  `DROP TABLE avatars`,
  `DROP TABLE sessions`,
  `ALTER TABLE accounts DROP COLUMN email, DROP COLUMN password_hash, DROP COLUMN disabled_at, DROP COLUMN bio,
    DROP COLUMN website, DROP COLUMN social_media`,
];

/** Adds sign-in, profiles, cards, download counts, moved repositories, and the table of stored contents. */
export class HubOfItsOwn1767312000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...ACCOUNTS, ...REPOSITORIES, ...LINES, ...CONTENT]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of UNDO) await runner.query(statement);
  }
}
