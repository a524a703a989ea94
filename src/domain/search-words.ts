/** All ASCII characters but letters and digits. The migration `search` splits in the same way. */
const SEPARATORS = /[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\s]+/;

const MAX_WORD_LENGTH = 64;

/** The distinct words of texts, in lower case and cut at the length that is stored: `bert-ba` has the words `bert` and `ba`. */
export const searchWords = (texts: readonly string[]): string[] => [
  ...new Set(
    texts
      .flatMap((text) => text.toLowerCase().split(SEPARATORS))
      .filter((word) => word !== '')
      .map((word) => word.slice(0, MAX_WORD_LENGTH)),
  ),
];

/** A PostgreSQL text search query for all words of the texts, each as the beginning of a stored word. `undefined` if they have no words. */
export function searchQuery(texts: readonly string[]): string | undefined {
  const terms = searchWords(texts).map((word) => `'${word}':*`);
  return terms.length === 0 ? undefined : terms.join(' & ');
}

/**
 * A PostgreSQL text search query for a part of a name, for an index of all endings of its words: only the last word of the part may continue in the name.
 * Finds more than the part itself. `undefined` if it has no words.
 */
export function partQuery(part: string): string | undefined {
  const pieces = part.toLowerCase().split(SEPARATORS);
  const terms = pieces.flatMap((word, at) =>
    word === '' ? [] : [`'${word.slice(0, MAX_WORD_LENGTH)}'${at === pieces.length - 1 ? ':*' : ''}`],
  );
  return terms.length === 0 ? undefined : terms.join(' & ');
}
