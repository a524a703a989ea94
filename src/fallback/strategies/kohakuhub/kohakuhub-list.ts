import type { ListEntry, ListPage, ListQuery, ListSort } from '../../../domain/list.js';
import type { QueryPairs } from '../../../domain/query.js';
import { fieldsOf } from '../../../domain/read-fields.js';
import { filterQuery } from '../list-requests.js';
import { listEntries } from '../list-replies.js';
import { pairs } from '../requests.js';
import { matchesList } from './list-match.js';

/** KohakuHub refuses huggingface.co's sort orders; Hubfall accepts both. Orders that KohakuHub does not have are replaced by a similar one. */
const SORTS: Readonly<Record<ListSort, string>> = {
  lastModified: 'updated',
  createdAt: 'recent',
  downloads: 'downloads',
  likes: 'likes',
  trendingScore: 'trending',
  id: 'recent',
  likes30d: 'likes',
  num_parameters: 'trending',
  mainSize: 'trending',
  'datasetsServerInfo.numRows': 'trending',
};

/** The query of a list. KohakuHub only uses `author`, `sort` and `limit`; Hubfall also uses the other parameters. */
export function kohakuHubListQuery(query: ListQuery): QueryPairs {
  const { full, cardData, config, fields } = query.shape;
  const flags = Object.entries({ full, cardData, config }).flatMap(([name, isSet]) =>
    pairs(name, isSet ? 'true' : undefined),
  );
  return [
    ...filterQuery(query),
    ['sort', SORTS[query.sort]],
    ...pairs('direction', query.ascending ? '1' : undefined),
    ['limit', `${query.limit}`],
    ...(fields ? pairs('expand', ...new Set([...fields, query.sort])) : flags),
    ...query.others,
  ];
}

/**
 * KohakuHub neither searches nor paginates, so entries that do not match are removed here. Hubfall, whose entries have `_source`, does both
 * itself.
 */
export function kohakuHubListPage(query: ListQuery, json: unknown): ListPage {
  const entries = listEntries(query, json);
  const linked = entries.some((entry) => entry && isFromHubfall(entry));
  const isWanted = (entry: ListEntry): boolean => isFromHubfall(entry) || matchesList(query, entry);
  return { entries: entries.map((entry) => (entry && isWanted(entry) ? entry : undefined)), linked };
}

const isFromHubfall = (entry: ListEntry): boolean => entry['_source'] !== undefined;

/** Sort orders for the repositories of an account. They decide which ones are left out if there are too many. */
const USER_REPOS_SORTS: readonly string[] = ['recent', 'downloads', 'likes'];
/** Per type, at KohakuHub and at Hubfall. */
const MAX_USER_REPOS = 1000;

/** The repositories of an account are one reply without pages, so all are requested, and this hub sorts them. */
export const userReposQuery = ({ sort }: ListQuery): QueryPairs => [
  ...pairs('sort', ...USER_REPOS_SORTS.filter((known) => known === SORTS[sort])),
  ['limit', `${MAX_USER_REPOS}`],
];

/** The repositories of the requested type; repositories of other accounts are removed. */
export function userReposPage(query: ListQuery, json: unknown): ListPage {
  const ofType = fieldsOf(json)[`${query.type}s`];
  const entries = listEntries(query, Array.isArray(ofType) ? ofType : []);
  return {
    entries: entries.map((entry) => (entry && matchesList(query, entry) ? entry : undefined)),
    linked: entries.length < MAX_USER_REPOS,
  };
}
