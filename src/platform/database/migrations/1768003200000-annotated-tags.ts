import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the tag objects of annotated tags to their refs. */
export class AnnotatedTags1768003200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE refs ADD COLUMN tag_oid varchar(40), ADD COLUMN tag_body bytea`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE refs DROP COLUMN tag_oid, DROP COLUMN tag_body`);
  }
}
