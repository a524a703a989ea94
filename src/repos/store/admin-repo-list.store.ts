import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { NameState } from '../../domain/name-check.js';
import type { RepoType } from '../../domain/repo-id.js';
import { readAdminRepoCursor, writeAdminRepoCursor } from './admin-repo-cursor.js';
import { findOwnerId } from './repo-owner.queries.js';
import { adminRepoSql, type AdminRepoFilter } from './admin-repo-sql.js';

/** A list of repositories, and where its page begins. */
export interface AdminRepoQuery extends Omit<AdminRepoFilter, 'after' | 'owner'> {
  /** Name of an account. */
  readonly owner?: string;
  /** `next` of the previous page. */
  readonly cursor?: string;
}

/** A repository as administrators see it. */
export interface AdminRepoEntry {
  readonly type: RepoType;
  readonly namespace: string;
  readonly name: string;
  readonly owner: string;
  readonly private: boolean;
  readonly disabled: boolean;
  /** Bytes of all content in all revisions. */
  readonly size: number;
  readonly downloads: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Whether a source has a repository with this id; null if no source was asked. */
  readonly nameState: NameState | null;
  readonly shadowedSource: string | null;
}

/** A page of repositories. */
export interface AdminRepoPage {
  readonly entries: readonly AdminRepoEntry[];
  /** Cursor of the next page; `undefined` on the last page. */
  readonly next: string | undefined;
}

interface Row extends Omit<AdminRepoEntry, 'size' | 'downloads'> {
  readonly size: string;
  readonly downloads: string;
  readonly value: string;
  readonly key: string;
}

/**
 * Lists all repositories for administrators, including private and disabled ones, with keyset pagination: each page is read from an index, so the
 * time does not depend on the number of repositories. `RepoListStore` has the public lists.
 */
@Injectable()
export class AdminRepoListStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @throws HubError `BadRequest` if the cursor is malformed or belongs to another sort order */
  async page({ cursor, owner: name, ...query }: AdminRepoQuery): Promise<AdminRepoPage> {
    const owner = name === undefined ? undefined : await findOwnerId(this.database, name);
    if (owner === null) return { entries: [], next: undefined };
    const after = cursor === undefined ? undefined : readAdminRepoCursor(query.sort, cursor);
    const { sql, values } = adminRepoSql({ ...query, owner, after, limit: query.limit + 1 });
    const rows = await this.database.query<Row[]>(sql, [...values]);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    const next = rows.length > page.length && last ? writeAdminRepoCursor(query.sort, last) : undefined;
    return { entries: page.map(toEntry), next };
  }
}

const toEntry = ({ value: _, key: _key, ...row }: Row): AdminRepoEntry => ({
  ...row,
  size: Number(row.size),
  downloads: Number(row.downloads),
});
