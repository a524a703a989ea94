import type { MigrationInterface, QueryRunner } from 'typeorm';

/** All ASCII characters that are not letters or digits. `search-words.ts` splits the same way. */
const BETWEEN = String.raw`[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\s]+`;

/** SQL for the words of a text. It uses arrays, because PostgreSQL would run the JIT compiler for sets, which it estimates as large. */
const wordsOf = (text: string): string =>
  `unnest(string_to_array(regexp_replace(lower(${text}), '${BETWEEN}', ' ', 'g'), ' '))`;

/**
 * The search words of a repository. For its ID, these are all suffixes of each word, so that the index finds any part of a name without an
 * extension. For tags and the texts of the card metadata, these are the words themselves. It is a plpgsql function, whose plans are cached.
 * A tsvector is limited to 1 MB, so words are cut at 64 characters and a card to 2500 words.
 */
const WORDS = `
  CREATE FUNCTION repository_words(namespace text, name text, tags text[], card jsonb) RETURNS tsvector
  LANGUAGE plpgsql STABLE AS $body$
    BEGIN
      RETURN (
        WITH texts AS (
            SELECT part #>> '{}' AS content FROM jsonb_path_query(card, 'strict $.**') part
            WHERE jsonb_typeof(part) = 'string'),
          words AS (
            SELECT substr(word, place, 64) AS word
              FROM ${wordsOf(`namespace || ' ' || name`)} word, generate_series(1, length(word)) place
            UNION (SELECT left(word, 64) FROM unnest(tags) tag, ${wordsOf('tag')} word LIMIT 1000)
            UNION (SELECT DISTINCT left(word, 64) FROM texts, ${wordsOf('content')} word LIMIT 2500))
        SELECT array_to_tsvector(coalesce(array_agg(DISTINCT word), '{}')) FROM words WHERE word <> '');
    END $body$`;

const STATEMENTS = [
  `ALTER TABLE repositories ADD COLUMN words tsvector`,
  WORDS,
  `CREATE FUNCTION note_repository_words() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      NEW.words := repository_words(NEW.namespace, NEW.name, NEW.tags, NEW.card_data);
      RETURN NEW;
    END $body$`,
  `CREATE TRIGGER tr_repositories_words BEFORE INSERT OR UPDATE OF namespace, name, tags, card_data ON repositories
    FOR EACH ROW EXECUTE FUNCTION note_repository_words()`,
  `UPDATE repositories SET words = repository_words(namespace, name, tags, card_data)`,
  `CREATE INDEX ix_repositories_words ON repositories USING gin (words) WITH (fastupdate = off)`,
  `CREATE INDEX ix_repositories_tags ON repositories USING gin (tags) WITH (fastupdate = off)`,
  `CREATE INDEX ix_repositories_by_change ON repositories (type, updated_at DESC, lookup_key)`,
  `CREATE INDEX ix_repositories_by_creation ON repositories (type, created_at DESC, lookup_key)`,
  `CREATE INDEX ix_repositories_by_downloads ON repositories (type, downloads DESC, lookup_key)`,
  `CREATE INDEX ix_repositories_by_key ON repositories (type, lookup_key)`,
];

const UNDO = [
  ...['by_key', 'by_downloads', 'by_creation', 'by_change', 'tags', 'words'].map(
    (name) => `DROP INDEX ix_repositories_${name}`,
  ),
  `DROP TRIGGER tr_repositories_words ON repositories`,
  `DROP FUNCTION note_repository_words`,
  `DROP FUNCTION repository_words`,
  `ALTER TABLE repositories DROP COLUMN words`,
];

/** Adds an index for each sort order of repository lists, and the search words. */
export class Search1767484800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of UNDO) await runner.query(statement);
  }
}
