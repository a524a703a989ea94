/** The words of texts, in lower case: runs of letters and digits, so that `bert-ba` is `bert` and `ba`. Each stands once. */
export const searchWords = (texts: readonly string[]): string[] => [
  ...new Set(
    texts.flatMap(
      (text) =>
        text
          .normalize('NFC')
          .toLowerCase()
          .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [],
    ),
  ),
];
