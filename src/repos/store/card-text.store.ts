import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { RepoId, RepoType } from '../../domain/repo-id.js';
import type { ReadableRepos } from '../../users/readable-repos.js';
import { visibleTo } from './visible-to.js';

/** Begin and end of a match. Cards are stored without control characters. */
const [OPEN, CLOSE] = ['\u0002', '\u0003'];
/** Matches that are ranked; the most recently updated repositories. It bounds the time of a search for a frequent word. */
const MAX_RANKED = 1000;
/** Snippets are taken from the beginning of long cards. */
const SNIPPET_TEXT = 20_000;
const HEADLINE = `StartSel=${OPEN}, StopSel=${CLOSE}, MaxFragments=2, MinWords=8, MaxWords=24, FragmentDelimiter=" … "`;

const ADD = `INSERT INTO card_texts (repository_id, content, words) SELECT id, $2::text, to_tsvector('english', $2::text) FROM repositories WHERE id = $1
  ON CONFLICT (repository_id)`;
/** Stores the text of a card, in the transaction of its commit. */
export const SAVE_CARD_TEXT = `${ADD} DO UPDATE SET content = excluded.content, words = excluded.words`;

/** A part of a snippet. */
export interface SnippetPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** A repository whose card was found. */
export interface FoundCard extends RepoId {
  readonly private: boolean;
  readonly updatedAt: Date;
  readonly snippet: readonly SnippetPart[];
}

export interface CardQuery {
  readonly text: string;
  readonly types: readonly RepoType[];
  readonly limit: number;
}

/** The full-text index of the cards of local repositories. */
@Injectable()
export class CardTextStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @param readable - the private repositories that are included */
  async search({ text, types, limit }: CardQuery, readable: ReadableRepos): Promise<FoundCard[]> {
    const values: unknown[] = [text, types, limit];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const rows = await this.database.query<(Omit<FoundCard, 'snippet'> & { readonly headline: string })[]>(
      `WITH terms AS (SELECT websearch_to_tsquery('english', $1) AS query),
        matches AS (
          SELECT r.id, r.type, r.namespace, r.name, r.private, r.updated_at, c.words, c.content
          FROM card_texts c CROSS JOIN terms JOIN repositories r ON r.id = c.repository_id
          WHERE c.words @@ terms.query AND r.type = ANY($2::text[]) AND r.disabled_at IS NULL AND ${visibleTo(readable, bind)}
          ORDER BY r.updated_at DESC LIMIT ${MAX_RANKED}),
        best AS (
          SELECT matches.*, ts_rank(words, terms.query, 1) AS rank FROM matches CROSS JOIN terms
          ORDER BY rank DESC, updated_at DESC, id LIMIT $3)
      SELECT type, namespace, name, private, updated_at AS "updatedAt",
        ts_headline('english', left(content, ${SNIPPET_TEXT}), terms.query, ${bind(HEADLINE)}) AS headline
      FROM best CROSS JOIN terms ORDER BY rank DESC, updated_at DESC, id`,
      values,
    );
    return rows.map(({ headline, ...row }) => ({ ...row, snippet: snippetParts(headline) }));
  }

  /** Adds the text of a card that was committed before the index existed, unless a commit has stored it in the meantime. */
  async add(repositoryId: number, text: string): Promise<void> {
    await this.database.query(`${ADD} DO NOTHING`, [repositoryId, text]);
  }

  /** Repositories that are not in the index, in the order of their ids. */
  missing(after: number, limit: number): Promise<({ readonly id: number } & RepoId)[]> {
    return this.database.query(
      `SELECT r.id, r.type, r.namespace, r.name FROM repositories r
        WHERE r.id > $1 AND NOT EXISTS (SELECT FROM card_texts c WHERE c.repository_id = r.id) ORDER BY r.id LIMIT $2`,
      [after, limit],
    );
  }
}

const snippetParts = (headline: string): SnippetPart[] =>
  headline
    .split(OPEN!)
    .flatMap((part, position): SnippetPart[] => {
      const [text = '', rest = ''] = part.split(CLOSE!);
      return position === 0
        ? [{ text, isMatch: false }]
        : [
            { text, isMatch: true },
            { text: rest, isMatch: false },
          ];
    })
    .filter(({ text }) => text !== '');
