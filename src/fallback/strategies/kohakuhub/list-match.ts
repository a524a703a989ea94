import type { ListEntry, ListQuestion } from '../../../domain/list.js';
import { searchWords } from '../../../domain/search-words.js';

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** Does an entry belong to a list, as far as it says itself? A word counts wherever it is in the id, and where it begins one in a tag. */
export function matchesList({ author, search, filters, pipelineTag }: ListQuestion, entry: ListEntry): boolean {
  const { id } = entry;
  const tags = textsOf(entry['tags']);
  if (author !== undefined && !id.toLowerCase().startsWith(`${author.toLowerCase()}/`)) return false;
  if (pipelineTag !== undefined && entry['pipeline_tag'] !== pipelineTag) return false;
  if (!filters.every((filter) => tags.includes(filter))) return false;
  const inTags = searchWords(tags);
  return searchWords(search).every(
    (word) => id.toLowerCase().includes(word) || inTags.some((one) => one.startsWith(word)),
  );
}
