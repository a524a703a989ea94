import type { ListEntry, ListPage, ListQuestion, ListSort } from '../../../domain/list.js';
import type { QueryPairs } from '../../../domain/query.js';
import { fieldsOf } from '../../../domain/read-fields.js';
import { filterQuery } from '../list-requests.js';
import { listEntries } from '../list-replies.js';
import { pairs } from '../requests.js';
import { matchesList } from './list-match.js';

/** KohakuHub refuses huggingface.co's sort orders; Hubfall accepts both. */
const SORTS: Readonly<Record<ListSort, string>> = {
  lastModified: 'updated',
  createdAt: 'recent',
  downloads: 'downloads',
  likes: 'likes',
  trendingScore: 'trending',
};

/** The query of a list. KohakuHub uses `author`, `sort` and `limit` of it, Hubfall the other parameters too. */
export function kohakuHubListQuery(question: ListQuestion): QueryPairs {
  const { full, cardData, config, fields } = question.shape;
  const flags = Object.entries({ full, cardData, config }).flatMap(([name, isSet]) =>
    pairs(name, isSet ? 'true' : undefined),
  );
  return [
    ...filterQuery(question),
    ['sort', SORTS[question.sort]],
    ...pairs('direction', question.ascending ? '1' : undefined),
    ['limit', `${question.limit}`],
    ...(fields ? pairs('expand', ...new Set([...fields, question.sort])) : flags),
    ...question.others,
  ];
}

/** KohakuHub neither searches nor paginates, so entries that do not match are removed here. Hubfall, whose entries have `_source`, does both. */
export function kohakuHubListPage(question: ListQuestion, json: unknown): ListPage {
  const entries = listEntries(question, json);
  const linked = entries.some((entry) => entry && isFromHubfall(entry));
  const isWanted = (entry: ListEntry): boolean => isFromHubfall(entry) || matchesList(question, entry);
  return { entries: entries.map((entry) => (entry && isWanted(entry) ? entry : undefined)), linked };
}

const isFromHubfall = (entry: ListEntry): boolean => entry['_source'] !== undefined;

/** The sort orders of an account's repositories; they decide which ones are left out when there are too many. */
const USER_REPOS_SORTS: readonly string[] = ['recent', 'downloads', 'likes'];
/** Per type, at KohakuHub and at Hubfall. */
const MAX_USER_REPOS = 1000;

/** An account's repositories are one reply without pages: all are requested, and sorted by the hub itself. */
export const userReposQuery = ({ sort }: ListQuestion): QueryPairs => [
  ...pairs('sort', ...USER_REPOS_SORTS.filter((known) => known === SORTS[sort])),
  ['limit', `${MAX_USER_REPOS}`],
];

/** The repositories of the requested type; repositories of other accounts are removed. */
export function userReposPage(question: ListQuestion, json: unknown): ListPage {
  const ofType = fieldsOf(json)[`${question.type}s`];
  const entries = listEntries(question, Array.isArray(ofType) ? ofType : []);
  return {
    entries: entries.map((entry) => (entry && matchesList(question, entry) ? entry : undefined)),
    linked: entries.length < MAX_USER_REPOS,
  };
}
