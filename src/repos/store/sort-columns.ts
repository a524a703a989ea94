import type { ListSort } from '../../domain/list.js';

/** Repositories without likes, which are most of them, are not counted. */
const RECENT_LIKES = `(CASE WHEN r.likes = 0 THEN 0 ELSE (SELECT count(*) FROM likes
  WHERE likes.repository_id = r.id AND likes.created_at > now() - interval '30 days') END)`;

/**
 * Sort columns. Values that are the same for all local repositories (trending score) or that are unknown have no column; such lists are sorted
 * by id.
 */
export const SORT_COLUMN: Readonly<Record<ListSort, string | undefined>> = {
  lastModified: 'r.updated_at',
  createdAt: 'r.created_at',
  downloads: 'r.downloads',
  likes: 'r.likes',
  trendingScore: undefined,
  id: undefined,
  likes30d: RECENT_LIKES,
  num_parameters: undefined,
  mainSize: undefined,
  'datasetsServerInfo.numRows': undefined,
};

/** Whether the values of a sort order are times; the others are counts. */
export const isDate = (sort: ListSort): boolean => sort === 'lastModified' || sort === 'createdAt';
