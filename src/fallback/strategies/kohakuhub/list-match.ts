import type { ListEntry, ListQuery } from '../../../domain/list.js';
import { searchWords } from '../../../domain/search-words.js';

const stringsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/**
 * Whether an entry matches the filters of a list, as far as its fields are known. A search word matches anywhere in the id, or the start of
 * a word in a tag.
 */
export function matchesList(query: ListQuery, entry: ListEntry): boolean {
  const { author, search, filters, pipelineTag } = query;
  if (query.hubOnly || query.uses || query.parameters) return false; // KohakuHub ignores these filters, and its entries do not have the properties
  const id = entry.id.toLowerCase();
  const tags = stringsOf(entry['tags']);
  if (author !== undefined && !id.startsWith(`${author.toLowerCase()}/`)) return false;
  if (pipelineTag !== undefined && entry['pipeline_tag'] !== pipelineTag) return false;
  if (!matchesGate(query.gated, entry['gated'])) return false;
  if (!filters.every((filter) => tags.includes(filter))) return false;
  const tagWords = searchWords(tags);
  return searchWords(search).every((word) => id.includes(word) || tagWords.some((tagWord) => tagWord.startsWith(word)));
}

/** KohakuHub has no gated repositories, and its entries do not have the field. */
function matchesGate(wanted: ListQuery['gated'], gated: unknown): boolean {
  if (wanted === undefined) return true;
  const isGated = gated === 'auto' || gated === 'manual';
  return typeof wanted === 'boolean' ? wanted === isGated : wanted === gated;
}
