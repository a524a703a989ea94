import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Describes models with weights again, since lists can be filtered by the number of parameters. */
export class ModelParameters1769700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `INSERT INTO model_descriptions (repository_id, commit_oid, due_at)
        SELECT r.id, head.commit_oid, now() FROM repositories r JOIN refs head ON head.repository_id = r.id AND head.name = 'refs/heads/main'
        WHERE r.type = 'model' AND r.tags && '{safetensors,gguf}'::text[]
        ON CONFLICT DO NOTHING`,
    );
  }

  async down(): Promise<void> {
    // earlier versions ignore the number
  }
}
