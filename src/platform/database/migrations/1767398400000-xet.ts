import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `CREATE TABLE xet_xorbs (
    id serial CONSTRAINT pk_xet_xorbs PRIMARY KEY,
    hash varchar(64) NOT NULL,
    account_id integer NOT NULL CONSTRAINT fk_xet_xorbs_account REFERENCES accounts ON DELETE CASCADE,
    sha256 varchar(64),
    chunks bytea NOT NULL,
    renewed_at timestamptz NOT NULL)`,
  `CREATE UNIQUE INDEX uq_xet_xorbs_hash_account ON xet_xorbs (hash, account_id)`,
  `CREATE INDEX ix_xet_xorbs_account ON xet_xorbs (account_id)`,
  `CREATE INDEX ix_xet_xorbs_sha256 ON xet_xorbs (sha256)`,
  `CREATE INDEX ix_xet_xorbs_renewed_at ON xet_xorbs (renewed_at)`,
  `CREATE TABLE xet_runs (
    xorb_id integer NOT NULL CONSTRAINT fk_xet_runs_xorb REFERENCES xet_xorbs ON DELETE CASCADE,
    first_chunk integer NOT NULL,
    end_chunk integer NOT NULL,
    sha256 varchar(64) NOT NULL,
    byte_offset bigint NOT NULL,
    CONSTRAINT pk_xet_runs PRIMARY KEY (xorb_id, first_chunk, end_chunk, sha256))`,
  `CREATE INDEX ix_xet_runs_sha256 ON xet_runs (sha256)`,
];

/** Adds xorbs uploaded over Xet, and the locations of their chunks. */
export class Xet1767398400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['xet_runs', 'xet_xorbs']) await runner.query(`DROP TABLE ${table}`);
  }
}
