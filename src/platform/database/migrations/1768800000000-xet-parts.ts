import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the chunks of large files that were uploaded over Xet. */
export class XetParts1768800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE xet_parts (
        content varchar(64) NOT NULL CONSTRAINT fk_xet_parts_content REFERENCES contents ON DELETE CASCADE,
        byte_offset bigint NOT NULL,
        bytes bigint NOT NULL,
        xorb varchar(64) NOT NULL,
        first_chunk integer NOT NULL,
        sizes bytea NOT NULL,
        CONSTRAINT pk_xet_parts PRIMARY KEY (content, byte_offset))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE xet_parts');
  }
}
