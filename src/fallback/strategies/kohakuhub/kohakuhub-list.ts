import type { UserReposOperation } from '../../../domain/hub-operation.js';
import type { ListEntry, ListPage, ListQuestion, ListSort } from '../../../domain/list.js';
import type { QueryPairs } from '../../../domain/operation.js';
import type { UpstreamRequest } from '../../../domain/upstream.js';
import { matchesList } from './list-match.js';
import { fieldsOf } from '../../../domain/read-fields.js';
import { decodeList } from '../decode-list.js';
import { narrowing, pairs, planPage } from '../list-request.js';

/** KohakuHub refuses huggingface.co's words; Hubfall understands both. */
const WORDS: Readonly<Record<ListSort, string>> = {
  lastModified: 'updated',
  createdAt: 'recent',
  downloads: 'downloads',
  likes: 'likes',
  trendingScore: 'trending',
};

/** KohakuHub's parameters; it heeds `author`, `sort` and `limit`, and Hubfall the others too. */
export const kohakuHubListQuery = (question: ListQuestion): QueryPairs => {
  const { full, cardData, config, fields } = question.shape;
  const flags = Object.entries({ full, cardData, config }).flatMap(([name, on]) =>
    pairs(name, on ? 'true' : undefined),
  );
  return [
    ...narrowing(question),
    ['sort', WORDS[question.sort]],
    ...pairs('direction', question.ascending ? '1' : undefined),
    ['limit', `${question.limit}`],
    ...(fields ? pairs('expand', ...new Set([...fields, question.sort])) : flags),
    ...question.others,
  ];
};

/** KohakuHub neither searches nor has pages: what it lists besides is taken out here. Hubfall does both, and tags its entries. */
export function decodeKohakuHubList(question: ListQuestion, json: unknown): ListPage {
  const entries = decodeList(question, json);
  const linked = entries.some((entry) => entry && isHubfalls(entry));
  const isMeant = (entry: ListEntry): boolean => isHubfalls(entry) || matchesList(question, entry);
  return { entries: entries.map((entry) => (entry && isMeant(entry) ? entry : undefined)), linked };
}

/** The orders that KohakuHub knows there: they say which are left out when there are more. */
const ORDERS: readonly string[] = ['recent', 'downloads', 'likes'];
/** Of each type; Hubfall has no more there either. */
const MOST_OF_AN_ACCOUNT = 1000;

/** All repositories of an account have one address, without pages: all are asked for, and put into the asked order here. */
export function planUserRepos({ question, page }: UserReposOperation, localOnly: QueryPairs): UpstreamRequest {
  const { author = '', sort } = question;
  const order = ORDERS.filter((word) => word === WORDS[sort]);
  const query: QueryPairs = [...pairs('sort', ...order), ['limit', `${MOST_OF_AN_ACCOUNT}`], ...localOnly];
  return planPage(['api', 'users', author, 'repos'], query, page);
}

/** Those of one type; what is not the account's is taken out. */
export function decodeUserRepos(question: ListQuestion, json: unknown): ListPage {
  const listed = fieldsOf(json)[`${question.type}s`];
  const entries = decodeList(question, Array.isArray(listed) ? listed : []);
  const isWhole = entries.length < MOST_OF_AN_ACCOUNT;
  return {
    entries: entries.map((entry) => (entry && matchesList(question, entry) ? entry : undefined)),
    linked: isWhole,
  };
}

const isHubfalls = (entry: ListEntry): boolean => entry['_source'] !== undefined;
