/** Whatever ASCII has besides letters and digits. The migration `search` splits the same way. */
const BETWEEN = /[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\s]+/;

const LONGEST = 64;

/** The words of texts, in lower case: `bert-ba` is `bert` and `ba`. Each stands once, and no longer than words are kept. */
export const searchWords = (texts: readonly string[]): string[] => [
  ...new Set(
    texts
      .flatMap((text) => text.toLowerCase().split(BETWEEN))
      .filter((word) => word !== '')
      .map((word) => word.slice(0, LONGEST)),
  ),
];
