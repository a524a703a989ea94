import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Identifies the sources of cached files by their URL. Before, the key of the source was a part (`db:1@<hash of the URL>`), so files were lost when the sources
 * were imported again. Files of two sources with the same URL become one.
 */
export class HeldSourceUrls1768700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TEMPORARY TABLE held_twins ON COMMIT DROP AS SELECT id, keeper, pinned FROM (
        SELECT id, first_value(id) OVER same AS keeper, bool_or(is_pinned) OVER (PARTITION BY split_part(source_key, '@', 2), etag, size) AS pinned
        FROM held_contents WHERE source_key LIKE '%@%'
        WINDOW same AS (PARTITION BY split_part(source_key, '@', 2), etag, size ORDER BY is_published DESC, bytes DESC, id)
      ) ranked WHERE id <> keeper`);
    await runner.query(`INSERT INTO held_files (content_id, key, repo_type, repo, commit, revision, path)
      SELECT t.keeper, f.key, f.repo_type, f.repo, f.commit, f.revision, f.path
      FROM held_files f JOIN held_twins t ON t.id = f.content_id ON CONFLICT DO NOTHING`);
    await runner.query('UPDATE held_contents h SET is_pinned = t.pinned FROM held_twins t WHERE h.id = t.keeper');
    await runner.query(`UPDATE content_cache_usage SET bytes = bytes - (
      SELECT coalesce(sum(h.bytes), 0) FROM held_contents h JOIN held_twins t ON t.id = h.id)`);
    await runner.query('DELETE FROM held_contents h USING held_twins t WHERE h.id = t.id');
    await runner.query(
      `UPDATE held_contents SET source_key = 'url:' || split_part(source_key, '@', 2) WHERE source_key LIKE '%@%'`,
    );
  }

  /** The files are cached again. */
  async down(): Promise<void> {}
}
