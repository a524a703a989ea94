import type { NameState } from '../../domain/name-check.js';
import { REPO_TYPES, type RepoType } from '../../domain/repo-id.js';
import { partQuery } from '../../domain/search-words.js';
import type { AdminRepoPosition, AdminRepoSort } from './admin-repo-cursor.js';

/** Filters, sort order and page. Undefined filters match everything. */
export interface AdminRepoFilter {
  readonly type?: RepoType;
  /** Part of the id; case-insensitive. */
  readonly search?: string;
  /** Id of an account. */
  readonly owner?: number;
  readonly disabled?: boolean;
  readonly nameState?: NameState;
  readonly sort: AdminRepoSort;
  readonly limit: number;
  /** The last repository of the previous page. */
  readonly after?: AdminRepoPosition;
}

type BindParameter = (value: unknown) => string;

/**
 * How repositories are sorted. Each type has an index for each order, so a list of all types merges the first rows of each. `value` and `key` are the
 * position of a row, by which the merged rows are sorted.
 */
interface Order {
  readonly from: string;
  readonly value: string;
  readonly key: string;
  readonly order: string;
  readonly merged: string;
  after(last: AdminRepoPosition, type: RepoType, bind: BindParameter): string;
}

const REPOSITORIES = 'repositories r';

const ORDERS: Readonly<Record<AdminRepoSort, Order>> = {
  name: {
    from: REPOSITORIES,
    value: `substr(r.lookup_key, length(r.type) + 2)`,
    key: 'r.type',
    order: 'r.lookup_key',
    merged: 'value, key',
    after: ({ value, key }, type, bind) => `r.lookup_key ${type <= key ? '>' : '>='} ${bind(`${type}:${value}`)}`,
  },
  updated: {
    from: REPOSITORIES,
    value: 'r.updated_at',
    key: 'r.lookup_key',
    order: 'r.updated_at DESC, r.lookup_key',
    merged: 'value DESC, key',
    after: ({ value, key }, _, bind) =>
      below('r.updated_at', `${bind(value)}::timestamptz`, `r.lookup_key > ${bind(key)}`),
  },
  size: {
    from: 'repository_sizes size JOIN repositories r ON r.id = size.repository_id AND r.type = size.type',
    value: 'size.bytes',
    key: 'size.repository_id',
    order: 'size.bytes DESC, size.repository_id',
    merged: 'value DESC, key',
    after: ({ value, key }, _, bind) =>
      below('size.bytes', `${bind(value)}::bigint`, `size.repository_id > ${bind(key)}::integer`),
  },
};

/** The first condition uses the index; the second one excludes rows with the same value that are on previous pages. */
const below = (column: string, value: string, isLater: string): string =>
  `${column} <= ${value} AND (${column} < ${value} OR ${isLater})`;

/** Builds the SQL statement of a page. */
export function adminRepoSql(filter: AdminRepoFilter): { readonly sql: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const { from, value, key, order, merged, after } = ORDERS[filter.sort];
  const conditions = filterConditions(filter, bind);
  const limit = bind(filter.limit);
  const typeColumn = filter.sort === 'size' ? 'size.type' : 'r.type';
  const ofType = (type: RepoType): string => {
    const where = [
      `${typeColumn} = '${type}'`,
      ...conditions,
      ...(filter.after ? [after(filter.after, type, bind)] : []),
    ];
    return `(SELECT r.id, ${value} AS value, ${key} AS key FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ${limit})`;
  };
  const types = filter.type === undefined ? REPO_TYPES : [filter.type];
  const sql = `
    SELECT r.type, r.namespace, r.name, owner.name AS owner, r.private, r.disabled_at IS NOT NULL AS disabled, size.bytes AS size,
      r.downloads_all_time AS downloads, r.created_at AS "createdAt", r.updated_at AS "updatedAt", r.name_state AS "nameState",
      r.shadowed_source AS "shadowedSource", place.value::text AS value, place.key::text AS key
    FROM (SELECT * FROM (${types.map(ofType).join(' UNION ALL ')}) places ORDER BY ${merged} LIMIT ${limit}) place
      JOIN repositories r USING (id) JOIN accounts owner ON owner.id = r.owner_id
      JOIN repository_sizes size ON size.repository_id = r.id
    ORDER BY ${merged.replaceAll(/value|key/g, (name) => `place.${name}`)}`;
  return { sql, values };
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

function filterConditions({ search, owner, disabled, nameState }: AdminRepoFilter, bind: BindParameter): string[] {
  return [
    ...(search === undefined ? [] : searchConditions(search, bind)),
    ...(owner === undefined ? [] : [`r.owner_id = ${bind(owner)}`]),
    ...(disabled === undefined ? [] : [`r.disabled_at IS ${disabled ? 'NOT ' : ''}NULL`]),
    ...(nameState === undefined ? [] : [`r.name_state = ${bind(nameState)}`]),
  ];
}

/**
 * The indexes of words find the rows, which also contain the text as it is written. PostgreSQL would assume that `LIKE` excludes nearly all of them,
 * and then sort all rows instead of reading the first ones. The text before a slash is the end of an owner's name.
 */
function searchConditions(search: string, bind: BindParameter): string[] {
  const terms = partQuery(search);
  const [, owner] = /^([^/]+)\/[^/]*$/.exec(search) ?? [];
  return [
    `position(${bind(search.toLowerCase())} in lower(r.namespace || '/' || r.name)) > 0`,
    ...(terms === undefined ? [] : [`r.words @@ ${bind(terms)}::tsquery`]),
    ...(owner === undefined ? [] : ownerConditions(owner, bind)),
  ];
}

function ownerConditions(nameEnd: string, bind: BindParameter): string[] {
  const terms = partQuery(`${nameEnd}/`);
  if (terms === undefined) return [];
  return [
    `r.owner_id IN (SELECT id FROM accounts WHERE words @@ ${bind(terms)}::tsquery
       AND lookup_name LIKE ${bind(`%${escapeLike(nameEnd.toLowerCase())}`)})`,
  ];
}
