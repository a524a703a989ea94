import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the full-text index of cards. It is filled in the background, since the cards are in the storage. */
export class CardTexts1769710000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE card_texts (
        repository_id integer NOT NULL CONSTRAINT pk_card_texts PRIMARY KEY
          CONSTRAINT fk_card_texts_repository REFERENCES repositories ON DELETE CASCADE,
        content text NOT NULL,
        words tsvector NOT NULL)`,
    );
    await runner.query('CREATE INDEX ix_card_texts_words ON card_texts USING gin (words)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE card_texts');
  }
}
