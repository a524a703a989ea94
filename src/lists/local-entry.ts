import type { ListEntry, ListShape } from '../domain/list.js';
import type { Sibling } from '../domain/wire/repo-info.js';
import type { LocalListItem } from '../repos/store/repo-list.store.js';
import { expandedInfo, repoInfo } from '../repos/store/repo-info.js';

/** What an entry bears when nothing is asked (contract D.4), and what KohakuHub's pages show besides. */
const DEFAULT_FIELDS: ReadonlySet<string> = new Set([
  ...[
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
  ],
  ...['sdk', 'createdAt', 'lastModified'],
]);
const FULL_FIELDS = ['sha', 'disabled', 'siblings'];

/** Are the files of each repository wanted? */
export const wantsFiles = ({ full, fields }: ListShape): boolean => (fields ? fields.includes('siblings') : full);

/** Is the card's metadata wanted? */
export const wantsCard = ({ cardData, fields }: ListShape): boolean =>
  fields ? fields.includes('cardData') : cardData;

/** One of the hub's own repositories as an entry of a list. */
export function localEntry(
  { repository, sha, updatedAt, card }: LocalListItem,
  shape: ListShape,
  siblings: readonly Sibling[],
): ListEntry {
  const info = repoInfo(repository, { oid: sha ?? '', createdAt: updatedAt }, { siblings, card });
  const { downloadsAllTime } = repository;
  const entry = expandedInfo({ ...info, sha, downloadsAllTime }, fieldsOf(shape));
  return { ...entry, _source: 'local' };
}

const fieldsOf = (shape: ListShape): ReadonlySet<string> =>
  shape.fields
    ? new Set(shape.fields)
    : new Set([...DEFAULT_FIELDS, ...(shape.full ? FULL_FIELDS : []), ...(shape.cardData ? ['cardData'] : [])]);
