import type { ListQuery } from '../../domain/list.js';
import { listConditions, PARAMETERS, type BindParameter, type ListScope } from './list-conditions.js';

/** Columns and fields of cards with one text. */
const TEXTS = {
  task: 'r.pipeline_tag',
  library: 'r.library_name',
  license: 'r.license',
  sdk: `coalesce(r.card_data->>'sdk', r.sdk)`,
} as const;

/** Fields with one text or several. Few repositories have the same tags, but many the same lists, which are counted before they are split. */
const LISTS = {
  language: `r.card_data->'language'`,
  task_categories: `r.card_data->'task_categories'`,
  size_categories: `r.card_data->'size_categories'`,
  fileTags: `r.file_metadata->'tags'`,
} as const;

/** The values of repositories that a facet has. `prefix` is added to texts, so that values are tags. */
export type FacetValues =
  | {
      readonly kind: 'text';
      readonly property: keyof typeof TEXTS;
      readonly prefix?: string;
      readonly except?: readonly string[];
    }
  | {
      readonly kind: 'list';
      readonly property: keyof typeof LISTS;
      readonly prefix?: string;
      readonly only?: readonly string[];
    }
  /** Tags that begin with a text. */
  | { readonly kind: 'tags'; readonly beginning: string }
  /** Ranges of the number of parameters between these bounds, such as `6B`. */
  | { readonly kind: 'parameters'; readonly bounds: readonly (readonly [label: string, value: number])[] };

/** Longer texts are not tags. */
const MAX_LENGTH = 100;

/** A facet, and the list whose repositories are counted for it. */
export interface CountedFacet {
  readonly name: string;
  readonly values: FacetValues;
  readonly query: ListQuery;
}

/** One more than are returned, to determine whether there are more. */
export const MAX_FACET_ROWS = 51;

/** Builds the statement that counts repositories by facet and value; the row with an empty facet has the number of all. */
export function facetsSql(all: ListScope, facets: readonly CountedFacet[]): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const total = `SELECT '' AS facet, '' AS value, count(*)::int AS count FROM repositories r WHERE ${listConditions(all, bind).join(' AND ')}`;
  const counts = facets.map(({ name, query, values: kind }) => {
    const conditions = listConditions({ ...all, query }, bind);
    return `SELECT ${bind(name)}::text, counted.value, counted.count FROM (${countSql(kind, conditions, bind)}) counted`;
  });
  return { sql: [total, ...counts].join(' UNION ALL '), values };
}

/** @param conditions - for the repositories `r` */
function countSql(kind: FacetValues, conditions: readonly string[], bind: BindParameter): string {
  const where = conditions.join(' AND ');
  switch (kind.kind) {
    case 'text': {
      const text = TEXTS[kind.property];
      const except = kind.except ? ` AND ${text} <> ALL(${bind(kind.except)}::text[])` : '';
      const counted = `SELECT ${bind(kind.prefix ?? '')}::text || ${text} AS value, count(*) AS uses FROM repositories r`;
      return mostFrequent(`${counted} WHERE ${where} AND ${text} IS NOT NULL${except} GROUP BY 1`);
    }
    case 'list': {
      const only = kind.only ? ` AND item = ANY(${bind(kind.only)}::text[])` : '';
      const counted = `SELECT ${bind(kind.prefix ?? '')}::text || item AS value, lists.uses FROM (
        SELECT ${LISTS[kind.property]} AS list, count(*) AS uses FROM repositories r WHERE ${where} GROUP BY 1) lists
        CROSS JOIN LATERAL (SELECT DISTINCT btrim(text) AS item FROM jsonb_array_elements_text(${arrayOf('lists.list')}) text) items`;
      return mostFrequent(`${counted} WHERE length(item) BETWEEN 1 AND ${MAX_LENGTH}${only}`);
    }
    case 'tags': {
      const counted = 'SELECT tag AS value, count(*) AS uses FROM repositories r CROSS JOIN unnest(r.tags) AS tag';
      return mostFrequent(`${counted} WHERE ${where} AND starts_with(tag, ${bind(kind.beginning)}) GROUP BY 1`);
    }
    case 'parameters': {
      const counted = `SELECT ${rangesSql(kind.bounds)} AS value, count(*) AS uses FROM repositories r`;
      return mostFrequent(`${counted} WHERE ${where} AND ${PARAMETERS} IS NOT NULL GROUP BY 1`);
    }
  }
}

const mostFrequent = (counted: string): string =>
  `SELECT value, sum(uses)::int AS count FROM (${counted}) uses GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_FACET_ROWS}`;

const arrayOf = (list: string): string =>
  `CASE jsonb_typeof(${list}) WHEN 'array' THEN ${list} WHEN 'string' THEN jsonb_build_array(${list}) ELSE '[]' END`;

/** The labels and values of bounds are constants of this program. */
function rangesSql(bounds: readonly (readonly [label: string, value: number])[]): string {
  const cases = bounds.map(([label, value], n) => {
    const min = n === 0 ? '' : `min:${bounds[n - 1]![0]},`;
    return `WHEN ${PARAMETERS} < ${value} THEN '${min}max:${label}'`;
  });
  return `CASE ${cases.join(' ')} ELSE 'min:${bounds.at(-1)![0]}' END`;
}
