import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records that the files of a model must be described again, because its default branch has moved. Rows of other types are not needed. */
const QUEUE_MODEL = `
  CREATE FUNCTION queue_model_description() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO model_descriptions (repository_id, commit_oid, due_at)
      SELECT r.id, NEW.commit_oid, now() FROM repositories r WHERE r.id = NEW.repository_id AND r.type = 'model'
      ON CONFLICT (repository_id) DO UPDATE SET commit_oid = excluded.commit_oid, due_at = excluded.due_at;
    RETURN NULL;
  END $$`;
const HAS_MOVED = `NEW.name = 'refs/heads/main'`;

/** Adds what the files of models show about them: the contents of their headers, and the metadata by which lists are filtered. */
export class ModelFacts1769000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE model_facts (
        key varchar(80) NOT NULL CONSTRAINT pk_model_facts PRIMARY KEY,
        result jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now())`,
    );
    await runner.query(
      `CREATE TABLE model_descriptions (
        repository_id integer NOT NULL CONSTRAINT pk_model_descriptions PRIMARY KEY
          CONSTRAINT fk_model_descriptions_repository REFERENCES repositories ON DELETE CASCADE,
        commit_oid varchar(40) NOT NULL,
        due_at timestamptz NOT NULL)`,
    );
    await runner.query('CREATE INDEX ix_model_descriptions_due_at ON model_descriptions (due_at)');
    await runner.query('ALTER TABLE repositories ADD COLUMN file_metadata jsonb');
    await runner.query(QUEUE_MODEL);
    await runner.query(
      `CREATE TRIGGER tr_refs_describe_inserted AFTER INSERT ON refs FOR EACH ROW WHEN (${HAS_MOVED})
        EXECUTE FUNCTION queue_model_description()`,
    );
    await runner.query(
      `CREATE TRIGGER tr_refs_describe_updated AFTER UPDATE ON refs FOR EACH ROW
        WHEN (${HAS_MOVED} AND OLD.commit_oid IS DISTINCT FROM NEW.commit_oid) EXECUTE FUNCTION queue_model_description()`,
    );
    await runner.query(
      `INSERT INTO model_descriptions (repository_id, commit_oid, due_at)
        SELECT r.id, head.commit_oid, now() FROM repositories r JOIN refs head ON head.repository_id = r.id AND head.name = 'refs/heads/main'
        WHERE r.type = 'model'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER tr_refs_describe_updated ON refs');
    await runner.query('DROP TRIGGER tr_refs_describe_inserted ON refs');
    await runner.query('DROP FUNCTION queue_model_description()');
    await runner.query('ALTER TABLE repositories DROP COLUMN file_metadata');
    await runner.query('DROP TABLE model_descriptions');
    await runner.query('DROP TABLE model_facts');
  }
}
