import type { ListEntry, ListShape } from '../domain/list.js';
import type { Sibling } from '../domain/wire/repo-info.js';
import type { LocalListItem } from '../repos/store/repo-list.store.js';
import { avatarVersion } from '../users/api/avatar-urls.js';
import { expandedInfo, repoInfo } from '../repos/store/repo-info.js';

/** The default fields of huggingface.co (contract D.4), and those that KohakuHub adds. */
const DEFAULT_FIELDS: ReadonlySet<string> = new Set([
  'modelId',
  'author',
  'likes',
  'trendingScore',
  'private',
  'gated',
  'downloads',
  'tags',
  'pipeline_tag',
  'library_name',
  'sdk',
  'createdAt',
  'lastModified',
]);
const FULL_FIELDS = ['sha', 'disabled', 'siblings'];

export const wantsFiles = ({ full, fields }: ListShape): boolean => (fields ? fields.includes('siblings') : full);

export const wantsCard = ({ cardData, fields }: ListShape): boolean =>
  fields ? fields.includes('cardData') : cardData;

/**
 * Converts a local repository to a list entry.
 *
 * @param xetEnabled - whether the hub offers downloads over Xet
 */
export function localEntry(
  { repository, sha, avatarSha256, updatedAt, card }: LocalListItem,
  shape: ListShape,
  siblings: readonly Sibling[],
  xetEnabled: boolean,
): ListEntry {
  const info = repoInfo(repository, { oid: sha ?? '', createdAt: updatedAt }, { siblings, card });
  const { downloadsAllTime } = repository;
  const fields = fieldsOf(shape);
  const entry = expandedInfo({ ...info, sha, downloadsAllTime, xetEnabled }, fields);
  const avatar = fields.has('author') && avatarSha256 ? { _author_avatar: avatarVersion(avatarSha256) } : {};
  return { ...entry, ...avatar, _source: 'local' };
}

const fieldsOf = (shape: ListShape): ReadonlySet<string> =>
  shape.fields
    ? new Set(shape.fields)
    : new Set([...DEFAULT_FIELDS, ...(shape.full ? FULL_FIELDS : []), ...(shape.cardData ? ['cardData'] : [])]);
