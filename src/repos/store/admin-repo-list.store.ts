import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { NameState } from '../../domain/name-check.js';
import type { RepoType } from '../../domain/repo-id.js';
import { lookupName } from '../../domain/lookup-key.js';

/** Sort orders: by name ascending, most recently updated first, largest first. */
export const ADMIN_REPO_SORTS = ['name', 'updated', 'size'] as const;
export type AdminRepoSort = (typeof ADMIN_REPO_SORTS)[number];

/** Filters, sort order and page. Undefined filters match everything. */
export interface AdminRepoQuery {
  readonly type?: RepoType;
  /** Part of the id; case-insensitive. */
  readonly search?: string;
  readonly owner?: string;
  readonly disabled?: boolean;
  readonly nameState?: NameState;
  readonly sort: AdminRepoSort;
  readonly limit: number;
  readonly offset: number;
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

/** A page of repositories and the total number on all pages. */
export interface AdminRepoPage {
  readonly entries: readonly AdminRepoEntry[];
  readonly total: number;
}

interface Row extends Omit<AdminRepoEntry, 'size' | 'downloads'> {
  readonly size: string;
  readonly downloads: string;
}

const SIZE = `(SELECT coalesce(sum(size), 0) FROM (
  SELECT sha256, size FROM blobs WHERE repository_id = r.id
  UNION SELECT sha256, size FROM lfs_objects WHERE repository_id = r.id) AS content)`;
const FULL_NAME = `lower(r.namespace || '/' || r.name)`;

const ORDER: Readonly<Record<AdminRepoSort, string>> = {
  name: `${FULL_NAME}, r.id`,
  updated: 'r.updated_at DESC, r.id',
  size: 'size DESC, r.id',
};

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** Lists all repositories for administrators, including private and disabled ones. `RepoListStore` has the public lists. */
@Injectable()
export class AdminRepoListStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async page(query: AdminRepoQuery): Promise<AdminRepoPage> {
    const { where, values } = whereClause(query);
    const from = `FROM repositories r JOIN accounts owner ON owner.id = r.owner_id WHERE ${where}`;
    const rows = await this.database.query<Row[]>(
      `SELECT r.type, r.namespace, r.name, owner.name AS owner, r.private, r.disabled_at IS NOT NULL AS disabled,
         ${SIZE} AS size, r.downloads_all_time AS downloads, r.created_at AS "createdAt", r.updated_at AS "updatedAt",
         r.name_state AS "nameState", r.shadowed_source AS "shadowedSource"
       ${from} ORDER BY ${ORDER[query.sort]} LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
      [...values, query.limit, query.offset],
    );
    const [{ total }] = await this.database.query<[{ total: string }]>(`SELECT count(*) AS total ${from}`, values);
    const entries = rows.map((row) => ({ ...row, size: Number(row.size), downloads: Number(row.downloads) }));
    return { entries, total: Number(total) };
  }
}

function whereClause({ type, search, owner, disabled, nameState }: AdminRepoQuery): {
  where: string;
  values: unknown[];
} {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    ...(type === undefined ? [] : [`r.type = ${bind(type)}`]),
    ...(search === undefined ? [] : [`${FULL_NAME} LIKE ${bind(`%${escapeLike(search.toLowerCase())}%`)}`]),
    ...(owner === undefined ? [] : [`owner.lookup_name = ${bind(lookupName(owner))}`]),
    ...(disabled === undefined ? [] : [`r.disabled_at IS ${disabled ? 'NOT ' : ''}NULL`]),
    ...(nameState === undefined ? [] : [`r.name_state = ${bind(nameState)}`]),
  ];
  return { where: conditions.join(' AND ') || 'true', values };
}
