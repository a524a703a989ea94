import type { ListEntry, ListPage, ListQuestion, ListSort } from '../../hub/language/list.js';
import type { QueryPairs } from '../../hub/language/operation.js';
import { matchesList } from '../../hub/rules/list-match.js';
import { decodeList } from '../decode-list.js';
import { narrowing, pairs } from '../list-request.js';

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

const isHubfalls = (entry: ListEntry): boolean => entry['_source'] !== undefined;
