import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { withFieldOrder } from '../../domain/gate-form.js';
import type { ListQuery } from '../../domain/list.js';
import type { RepoId, RepoType } from '../../domain/repo-id.js';
import type { CardMetadata } from '../card/card-metadata.js';
import type { LocalPosition } from '../../domain/list-walk.js';
import { listConditions, type BindParameter } from './list-conditions.js';
import { findOwnerId } from './repo-owner.queries.js';
import type { LocalRepo } from './local-repo.js';
import type { ReadableRepos } from '../../users/readable-repos.js';
import { isDate, SORT_COLUMN } from './sort-columns.js';

/** A repository in a list. */
export interface LocalListItem {
  readonly repository: LocalRepo;
  /** Head commit of the default branch. */
  readonly sha: string | null;
  /** Hex SHA-256 of the owner's avatar. */
  readonly avatarSha256: string | null;
  readonly updatedAt: Date;
  /** Without `cardData` unless it was requested. */
  readonly card: CardMetadata;
  /** Cursor to the entries after this one. */
  readonly place: LocalPosition;
}

/** A page of a list and the caller's rights. */
export interface LocalListPage {
  readonly query: ListQuery;
  /** The private repositories that are included. */
  readonly readable: ReadableRepos;
  readonly after?: LocalPosition;
  readonly limit: number;
  readonly withCards: boolean;
}

interface Row extends Omit<CardMetadata, 'pipelineTag' | 'libraryName'> {
  readonly id: number;
  readonly type: RepoType;
  readonly namespace: string;
  readonly name: string;
  readonly ownerId: number;
  readonly private: boolean;
  readonly gated: 'auto' | 'manual' | null;
  readonly disabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly sdk: string | null;
  readonly downloads: string;
  readonly downloadsAllTime: string;
  readonly likes: number;
  readonly author: string;
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  readonly sha: string | null;
  readonly avatarSha256: string | null;
  readonly value: string;
  readonly key: string;
}

const select = (value: string, card: string): string => `
  SELECT r.id, r.type, r.namespace, r.name, r.owner_id AS "ownerId", r.private, r.gated, false AS disabled, r.created_at AS "createdAt",
    r.updated_at AS "updatedAt", r.sdk, r.downloads, r.downloads_all_time AS "downloadsAllTime", r.likes, owner.name AS author,
    r.tags, r.pipeline_tag AS "pipelineTag", r.library_name AS "libraryName", r.license, r.card_warning AS "cardWarning",
    ${card} AS "cardData", r.gate_fields AS "gateFields", head.commit_oid AS sha,
    (SELECT p.sha256 FROM avatars p WHERE p.account_id = r.owner_id) AS "avatarSha256", ${value} AS value, r.lookup_key AS key
  FROM repositories r JOIN accounts owner ON owner.id = r.owner_id
    LEFT JOIN refs head ON head.repository_id = r.id AND head.name = 'refs/heads/main'`;

/**
 * Lists local repositories with keyset pagination: every page is read from an index, so the time does not depend on the number of
 * repositories, except by `likes30d`, which changes with time. `AdminRepoListStore` has the list for administrators.
 */
@Injectable()
export class RepoListStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async page(page: LocalListPage): Promise<LocalListItem[]> {
    const { author } = page.query;
    const owner = author === undefined ? undefined : await findOwnerId(this.database, author);
    if (owner === null) return [];
    const { sql, values } = listSql(page, owner);
    return (await this.database.query<Row[]>(sql, values)).map(toListItem);
  }

  /** Returns the lookup keys that belong to a local repository, by its current or a former name. */
  async findKnownKeys(keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set();
    const rows = await this.database.query<{ lookup_key: string }[]>(
      `SELECT lookup_key FROM repositories WHERE lookup_key = ANY($1)
        UNION SELECT lookup_key FROM repository_aliases WHERE lookup_key = ANY($1)`,
      [keys],
    );
    return new Set(rows.map(({ lookup_key: key }) => key));
  }
}

/**
 * Builds the SQL statement of a list page.
 * @param owner - the account of `query.author`
 */
export function listSql(
  { query, readable, after, limit, withCards }: LocalListPage,
  owner?: number,
): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const column = SORT_COLUMN[query.sort];
  const sdk = query.type === 'space' ? `jsonb_build_object('sdk', r.card_data->'sdk')` : 'NULL::jsonb';
  const card = withCards ? 'r.card_data' : sdk;
  const where = [
    ...listConditions({ query, readable, owner }, bind),
    ...(after ? afterCursor(query, after, bind) : []),
  ];
  const down = query.ascending ? 'ASC' : 'DESC';
  const sql = `${select(column ? `${column}::text` : `''`, card)}
    WHERE ${where.join(' AND ')}
    ORDER BY ${column ? `${column} ${down}, ` : ''}r.lookup_key ${areKeysAscending(query) ? 'ASC' : 'DESC'} LIMIT ${bind(limit)}`;
  return { sql, values };
}

/** Keys contain the id. Lists that are sorted by other values have equal ones in the opposite order (`listOrder`). */
const areKeysAscending = ({ sort, ascending }: Pick<ListQuery, 'sort' | 'ascending'>): boolean =>
  sort === 'id' ? ascending : !ascending;

/** The first condition uses the index; the second one excludes entries with the same sort value that come before the cursor. */
function afterCursor({ sort, ascending }: ListQuery, { value, key }: LocalPosition, bind: BindParameter): string[] {
  const column = SORT_COLUMN[sort];
  const less = ascending ? '>' : '<';
  const more = areKeysAscending({ sort, ascending }) ? '>' : '<';
  if (!column) return [`r.lookup_key ${more} ${bind(key)}`];
  const at = `${bind(value)}::${isDate(sort) ? 'timestamptz' : 'bigint'}`;
  return [`${column} ${less}= ${at}`, `(${column} ${less} ${at} OR r.lookup_key ${more} ${bind(key)})`];
}

const toListItem = ({ value, key, sha, avatarSha256, updatedAt, ...row }: Row): LocalListItem => {
  const { type, namespace, name, tags, pipelineTag, libraryName, license, cardWarning, gateFields, ...rest } = row;
  const cardData = withFieldOrder(row.cardData, gateFields);
  const repo: RepoId = { type, namespace, name };
  return {
    repository: {
      ...rest,
      repo,
      gated: row.gated ?? false,
      downloads: Number(row.downloads),
      downloadsAllTime: Number(row.downloadsAllTime),
    },
    card: { tags, pipelineTag, libraryName, license, cardData, cardWarning, gateFields },
    sha,
    avatarSha256,
    updatedAt,
    place: { value, key },
  };
};
