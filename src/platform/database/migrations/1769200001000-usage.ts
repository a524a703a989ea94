import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds downloads and bytes by day, repository, source and person. */
export class Usage1769200001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE usage_days (
      day date NOT NULL,
      repo_type varchar(16) NOT NULL,
      repo_name varchar(200) NOT NULL,
      source varchar(120) NOT NULL,
      actor varchar(40) NOT NULL,
      account_id integer,
      repository_id integer,
      owner_id integer,
      downloads bigint NOT NULL DEFAULT 0,
      bytes bigint NOT NULL DEFAULT 0,
      CONSTRAINT pk_usage_days PRIMARY KEY (day, repo_type, repo_name, source, actor))`);
    await runner.query('CREATE INDEX ix_usage_days_owner ON usage_days (owner_id, day)');
    await runner.query('CREATE INDEX ix_usage_days_repository ON usage_days (repository_id, day)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE usage_days');
  }
}
